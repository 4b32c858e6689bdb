/**
 * The items whose text holds every word of `query`, best first: those that begin with it, then those with a word
 * that begins with it, then the others; equals stay in their order. All of them when the query is empty.
 */
export function paletteSearch<T extends { readonly label: string }>(items: readonly T[], query: string): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...items];
  return items
    .map((item, index) => ({ item, index, rank: rankOf(item.label.toLowerCase(), words) }))
    .filter(({ rank }) => rank < NO_MATCH)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ item }) => item);
}

const NO_MATCH = 3;

function rankOf(label: string, words: readonly string[]): number {
  if (!words.every((word) => label.includes(word))) return NO_MATCH;
  const first = words[0] ?? "";
  if (label.startsWith(first)) return 0;
  return label.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(first)) ? 1 : 2;
}
