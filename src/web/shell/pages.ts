/** The pages of the navigation: where they are, and the letter that jumps there after `g`. */
export const pages = [
  { to: "/", label: "Overview", letter: "o", short: true },
  { to: "/bots", label: "Bots", letter: "b", short: true },
  { to: "/fills", label: "Fills", letter: "f", short: true },
  { to: "/edges", label: "Edges", letter: "e", short: true },
  { to: "/exposure", label: "Exposure", letter: "x", short: false },
  { to: "/health", label: "Health", letter: "h", short: false },
  { to: "/rejected", label: "Rejected", letter: "r", short: false },
  { to: "/connect", label: "Connect a bot", letter: "c", short: false },
] as const;

/** A page of the navigation. `short` ones have a place of their own on a phone. */
export type Page = (typeof pages)[number];
