import type { Acknowledgement, HubCommand, Orders } from "./orders.ts";

/** Why a line is over, and so what to do next. */
export type LineEnd =
  /** Lost, or the hub is away or full: again, at the earliest after `afterMs`. */
  | { readonly kind: "again"; readonly why: string; readonly afterMs?: number | undefined }
  /** The hub does not know us, or there is none: again, but slowly, until somebody mends it. */
  | { readonly kind: "slowly"; readonly why: string }
  /** What is between us and the hub lets no such connection through: the other way next. */
  | { readonly kind: "otherwise"; readonly why: string };

export interface LineEvents {
  /** All that holds now. */
  readonly onOrders: (orders: Orders) => void;
  /** One command, and the bot's state with it. */
  readonly onCommand: (command: HubCommand, state: Orders["state"]) => void;
  /** The hub has the acknowledgement, or wants none any more. */
  readonly onAcknowledged: (commandId: string) => void;
  /** The hub gave a sign of life. */
  readonly onContact: () => void;
  /** Once. Nothing else comes afterwards. */
  readonly onEnd: (end: LineEnd) => void;
}

/** One way on which a hub tells a bot its orders, as long as it holds. */
export interface Line {
  readonly acknowledge: (acknowledgement: Acknowledgement) => void;
  /** Asks for a sign of life, where the line does not do so by itself. */
  readonly probe: () => void;
  readonly end: (why: string) => void;
}

export interface LineTarget {
  readonly route: (path: string) => URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly bot: string;
  /** Who asks, as a query: the bot, and its strategy where it is known. */
  readonly asker: string;
  /** When an answer counts as missing. */
  readonly timeoutMs: number;
  /** How long the hub may hold a question back until there is news. */
  readonly holdS: number;
}
