import { createServer } from "node:http";
import { delivery } from "@storefront/b";

const port = Number(process.env.PORT ?? 8080);

createServer((request, response) => {
  const wait = new URL(request.url ?? "/", "http://localhost").searchParams.get("wait");
  response.end(`Your order: ${delivery(wait)}\n`);
}).listen(port, () => console.log(`web listens on ${port}`));
