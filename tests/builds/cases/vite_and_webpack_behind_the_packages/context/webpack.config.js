module.exports = { mode: "production", entry: require("./entries.json"), target: "node" };
