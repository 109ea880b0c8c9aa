export function delivery(milliseconds: number | string | null): string;
