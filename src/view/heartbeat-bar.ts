/** How a minute went: none, fewer contacts than half of those due, or enough. */
export type Beat = "none" | "few" | "full";

const MINUTE_S = 60;

/**
 * One beat for each minute of `contactsPerMinute` (oldest first). The minute that is still running is enough with
 * a single contact; a bot that is due less than once a minute is due once in each.
 */
export function heartbeatBar(contactsPerMinute: readonly number[], expectedIntervalS: number): Beat[] {
  const due = Math.max(1, MINUTE_S / Math.max(expectedIntervalS, 0.001));
  const last = contactsPerMinute.length - 1;
  return contactsPerMinute.map((contacts, index) => {
    if (contacts === 0) return "none";
    return index === last || contacts >= due / 2 ? "full" : "few";
  });
}

/** The bar in words: `contact in 28 of the last 30 minutes`. */
export function heartbeatWords(contactsPerMinute: readonly number[]): string {
  const heard = contactsPerMinute.filter((contacts) => contacts > 0).length;
  return `contact in ${heard} of the last ${contactsPerMinute.length} minutes`;
}
