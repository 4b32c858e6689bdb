import type { OpenOrder, OpenPosition } from "@deskwatch/client";

/** What a carried bot does now: all, exits only, or nothing. */
export type CarriedState = "running" | "paused" | "halted";

/** What a carried bot says of itself. */
export interface CarriedSign {
  readonly state: CarriedState;
  /** A number that grows while it works; undefined where it has none, or does not work now. */
  readonly progress?: number | undefined;
  readonly version?: string | undefined;
  /** Where it trades, when that is one venue. */
  readonly venue?: string | undefined;
  /** Whether it trades with money; undefined when it does not say. */
  readonly mode?: "live" | "paper" | undefined;
}

/**
 * A bot of another program that is controlled through its own API. Each act resolves when the bot has taken it, and rejects
 * with the reason when it has not.
 */
export interface CarriedBot {
  readonly sign: () => Promise<CarriedSign>;
  /** No entries; exits go on. From a halt it is let out as far as that. */
  readonly pause: () => Promise<void>;
  /** No orders; resting ones are cancelled as far as its API can. */
  readonly halt: () => Promise<void>;
  /** No entries, and all that it holds is closed. */
  readonly flatten: () => Promise<void>;
  readonly resume: () => Promise<void>;
  /** Its resting orders; undefined when its API does not tell them all. */
  readonly openOrders: (() => Promise<readonly OpenOrder[]>) | undefined;
  /** What it holds; undefined when its API does not tell. */
  readonly positions: (() => Promise<readonly OpenPosition[]>) | undefined;
}
