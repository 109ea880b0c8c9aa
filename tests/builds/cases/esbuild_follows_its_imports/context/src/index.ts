import { value } from "../shared/value";
import { old } from "../shared/old";

console.log(value, old);
