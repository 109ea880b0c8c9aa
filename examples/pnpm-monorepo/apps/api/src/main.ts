import { createServer } from "node:http";
import { greet } from "@greeter/greet";

const port = Number(process.env.PORT ?? 4000);

createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  const name = url.searchParams.get("name") ?? "world";
  response.end(`${greet(name, url.searchParams.get("language") ?? "en")}\n`);
}).listen(port, () => console.log(`api listens on ${port}`));
