/** The pages of the navigation: where they are, and the letter that jumps there after `g`. */
export const pages = [
  { to: "/", label: "Overview", letter: "o", short: true },
  { to: "/bots", label: "Bots", letter: "b", short: true },
  { to: "/controls", label: "Controls", letter: "s", short: false },
  { to: "/markets", label: "Markets", letter: "m", short: false },
  { to: "/edges", label: "Edges", letter: "e", short: false },
  { to: "/opportunities", label: "Opportunities", letter: "p", short: false },
  { to: "/fills", label: "Fills", letter: "f", short: true },
  { to: "/orders", label: "Orders", letter: "d", short: false },
  { to: "/exposure", label: "Exposure", letter: "x", short: true },
  { to: "/reconciliation", label: "Reconciliation", letter: "t", short: false },
  { to: "/performance", label: "Performance", letter: "n", short: false },
  { to: "/events", label: "Events", letter: "v", short: false },
  { to: "/replays", label: "Replays", letter: "y", short: false },
  { to: "/imports", label: "Imports", letter: "i", short: false },
  { to: "/health", label: "Health", letter: "h", short: false },
  { to: "/rejected", label: "Rejected", letter: "r", short: false },
  { to: "/people", label: "Users and keys", letter: "u", short: false },
  { to: "/audit", label: "Audit", letter: "a", short: false },
  { to: "/connect", label: "Connect a bot", letter: "c", short: false },
] as const;

/** A page of the navigation. `short` ones have a place of their own on a phone. */
export type Page = (typeof pages)[number];
