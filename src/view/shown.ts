/** What a shown thing means; a screen gives it a colour, and never the colour alone. */
export type Tone = "neutral" | "muted" | "up" | "down" | "ok" | "stale" | "bad" | "paper" | "demo";

/** One value as a screen shows it. */
export interface Shown {
  readonly text: string;
  readonly tone: Tone;
  /** All digits, or the whole sentence: what hovering and screen readers get; absent when `text` says it all. */
  readonly full?: string;
  /** Why the value is unknown; only together with the text "—". */
  readonly reason?: string;
}

/** A value that is not known: "—" and why. */
export const unknownValue = (reason: string): Shown => ({ text: "—", tone: "muted", reason });

/** A value without a meaning of its own. */
export const plain = (text: string, full?: string): Shown =>
  full === undefined || full === text ? { text, tone: "neutral" } : { text, tone: "neutral", full };

/** What somebody who hovers, or listens, is told besides the text; undefined when the text says it all. */
export function explanation(shown: Shown): string | undefined {
  return shown.reason === undefined ? shown.full : `Unknown: ${shown.reason}`;
}
