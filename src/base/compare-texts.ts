/** For `sort`: texts by the numbers of their letters, the same in every language and on every machine. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
