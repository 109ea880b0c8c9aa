import { about } from "../docs";
console.log(about);
