const ms = require("ms");

const KEPT = ms("30 days");
const bookings = [];

exports.book = (amount, time = Date.now()) => {
  if (Number.isFinite(amount)) bookings.push({ amount, time });
};

/** The sum of what was booked in the last thirty days. */
exports.balance = (now = Date.now()) =>
  bookings.filter(({ time }) => now - time < KEPT).reduce((sum, { amount }) => sum + amount, 0);
