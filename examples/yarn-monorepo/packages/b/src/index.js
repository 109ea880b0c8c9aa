const isNumber = require("is-number");
const { timeLeft } = require("@storefront/a");

/** What a page says about the delivery of an order. */
exports.delivery = (milliseconds) =>
  isNumber(milliseconds) ? `arrives in ${timeLeft(Number(milliseconds))}` : "not known";
