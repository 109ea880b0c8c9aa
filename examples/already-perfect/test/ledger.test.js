const assert = require("node:assert");
const { test } = require("node:test");
const isNumber = require("is-number");
const { balance, book } = require("../lib/ledger");

test("old bookings do not count", () => {
  book(5, 0);
  book(2.5);
  book(NaN);
  assert.ok(isNumber(balance()));
  assert.strictEqual(balance(), 2.5);
});
