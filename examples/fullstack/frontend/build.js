const { cpSync } = require("node:fs");
const { buildSync } = require("esbuild");

cpSync("public", "dist", { recursive: true });
buildSync({
  entryPoints: ["src/main.js"],
  bundle: true,
  minify: true,
  outfile: "dist/main.js",
});
