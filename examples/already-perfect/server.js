const http = require("node:http");
const { balance, book } = require("./lib/ledger");

const port = Number(process.env.PORT || 3000);

http
  .createServer((request, response) => {
    const amount = new URL(request.url, "http://localhost").searchParams.get("book");
    if (amount !== null) book(Number(amount));
    response.end(`${balance()} ${process.env.LEDGER_CURRENCY || "EUR"}\n`);
  })
  .listen(port, () => console.log(`ledger listens on ${port}`));
