import about from "../docs/about.json";
console.log(about);
