const assert = require("node:assert");
const { after, before, test } = require("node:test");
const app = require("../app");

let server;
let base;

before((_, done) => {
  server = app.listen(0, () => {
    base = `http://localhost:${server.address().port}/parcels`;
    done();
  });
});

after(() => server.close());

function put(id, body) {
  const headers = { "content-type": "application/json" };
  return fetch(`${base}/${id}`, { method: "PUT", headers, body: JSON.stringify(body) });
}

test("a parcel that was put can be read", async () => {
  assert.strictEqual((await put("a1", { weight: 2.5 })).status, 201);
  assert.strictEqual((await (await fetch(`${base}/a1`)).json()).weight, 2.5);
});

test("a parcel without a weight is refused", async () => {
  assert.strictEqual((await put("a2", { weight: "heavy" })).status, 400);
});

test("an unknown parcel is not found", async () => {
  assert.strictEqual((await fetch(`${base}/nobody`)).status, 404);
});
