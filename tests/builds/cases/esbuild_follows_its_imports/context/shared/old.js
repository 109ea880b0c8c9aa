export const old = 2;
