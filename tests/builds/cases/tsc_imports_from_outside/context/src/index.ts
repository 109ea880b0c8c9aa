import { shared } from "../shared/value";
export const twice = shared * 2;
