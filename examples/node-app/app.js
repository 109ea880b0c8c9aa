const path = require("path");
const express = require("express");
const parcels = require("./routes/parcels");

const app = express();

app.use(express.json());
app.use(express.static(path.join(__dirname, "public")));
app.use("/parcels", parcels);

module.exports = app;
