import text from "../title.txt?raw";

console.log(text);
