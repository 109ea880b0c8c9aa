const http = require("node:http");

http
  .get({ port: process.env.PORT || 3000 }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
  .on("error", () => process.exit(1));
