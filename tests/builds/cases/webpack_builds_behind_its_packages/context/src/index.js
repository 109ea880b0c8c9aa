import { text } from './text';

console.log(text);
