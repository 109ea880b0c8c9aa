import { value } from "./value";
export const twice = value * 2;
