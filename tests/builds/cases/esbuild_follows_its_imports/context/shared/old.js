export const old = 2;
//# sourceMappingURL=old.js.map
