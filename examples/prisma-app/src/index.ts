import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { addNote, listNotes } from "./notes";

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${request.url}`;
  if (route === "GET /health") return send(response, 200, { ok: true });
  if (route === "GET /notes") return send(response, 200, await listNotes());
  if (route === "POST /notes") {
    const { title, body } = await readJson(request);
    if (typeof title !== "string") return send(response, 400, { error: "title is missing" });
    return send(response, 201, await addNote(title, String(body ?? "")));
  }
  send(response, 404, { error: "not found" });
}

const port = Number(process.env.PORT ?? 3000);

createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    send(response, 503, { error: "database is not available" });
  });
}).listen(port, () => console.log(`notes-api listens on ${port}`));
