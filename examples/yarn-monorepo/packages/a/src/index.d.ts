export function timeLeft(milliseconds: number): string;
