import { faces } from "./faces.js";

const button = document.querySelector("button");
const output = document.querySelector("output");

button.addEventListener("click", async () => {
  const response = await fetch("/api/roll");
  output.textContent = (await response.json()).dice.map((value) => faces[value - 1]).join(" ");
});
