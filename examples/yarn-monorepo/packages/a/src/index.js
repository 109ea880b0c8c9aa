const ms = require("ms");

/** "2 days" for 172800000: what is left until a parcel arrives. */
exports.timeLeft = (milliseconds) => ms(milliseconds, { long: true });
