const express = require("express");
const isNumber = require("is-number");

const router = express.Router();
const parcels = new Map();

router.get("/:id", (req, res) => {
  const parcel = parcels.get(req.params.id);
  if (!parcel) return res.status(404).json({ error: "no such parcel" });
  res.json(parcel);
});

router.put("/:id", (req, res) => {
  if (!isNumber(req.body.weight)) return res.status(400).json({ error: "weight is missing" });
  const parcel = { id: req.params.id, weight: Number(req.body.weight), seen: new Date().toISOString() };
  parcels.set(parcel.id, parcel);
  res.status(201).json(parcel);
});

module.exports = router;
