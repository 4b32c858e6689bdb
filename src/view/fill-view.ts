import { isoFromMicros } from "../base/time.ts";
import type { FillView } from "../protocol/api.ts";
import type { DeskEvent, EventOf, PairFill } from "../protocol/event-types.ts";
import type { Recorded } from "../protocol/recorded.ts";

/** The events that say a fill: document 2's pair trade is a `fill` too. */
export type FillEvent = EventOf<"fill"> | EventOf<"order.filled"> | PairFill;

export const isFillEvent = (event: DeskEvent): event is FillEvent =>
  event.type === "fill" || event.type === "order.filled";

/** What the hub knows of a fill besides its statement. */
export interface FillMarks {
  readonly voided: boolean;
  readonly contradicted: boolean;
  /** The newest reason that it was corrected for. */
  readonly correction?: string | undefined;
}

const UNMARKED: FillMarks = { voided: false, contradicted: false };

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
const CONTROLS = /[\u0000-\u001f]+/g;

/** The reason of a correction as a fill shows it: on one line, and never empty. */
export function correctionText({ reason }: { readonly reason?: unknown }): string {
  const text = typeof reason === "string" ? reason.replace(CONTROLS, " ").trim() : "";
  return text === "" ? "no reason given" : text;
}

/** The fields of a fill that its view shows when the event has them, in the order of the view. */
export const FILL_FIELDS = [
  "account",
  "strategy",
  "venue",
  "symbol",
  "side",
  "price",
  "size",
  "order_id",
  "is_maker",
  "fee",
  "fee_currency",
  "funding",
  "pair_id",
  "entry_edge_cents",
  "realized_edge_cents",
  "slippage_cents",
  "fees_cents",
  "size_usd",
  "pnl_cents",
] as const satisfies readonly (keyof FillView)[];

/** A fill as reads and streams show it. `recorded` is its first statement; `marks` what later events said of it. */
export function fillView(recorded: Recorded<FillEvent>, marks: FillMarks = UNMARKED): FillView {
  const { seq, ts, receivedAt, event } = recorded;
  const view: FillView = {
    seq,
    id: event.id ?? `h-${seq}`,
    fill_id: event.fill_id,
    bot: event.bot,
    mode: event.mode ?? "live",
    timestamp: isoFromMicros(ts),
    received_at: isoFromMicros(receivedAt),
    voided: marks.voided,
    contradicted: marks.contradicted,
    ...(marks.correction === undefined ? {} : { correction: marks.correction }),
  };
  copyFields(view, event);
  return view;
}

/** The view once a later statement of the same fill added fields: what was known stays as it was. */
export function mergedFillView(view: FillView, added: Readonly<Record<string, unknown>>): FillView {
  const merged = { ...view };
  copyFields(merged, added);
  return merged;
}

function copyFields(view: Record<string, unknown>, event: Readonly<Record<string, unknown>>): void {
  for (const field of FILL_FIELDS) {
    const value = event[field];
    if (view[field] === undefined && typeof value === kindOf(field)) view[field] = value;
  }
}

/** An unknown field of a pair trade may bear one of these names and hold anything. */
function kindOf(field: (typeof FILL_FIELDS)[number]): "string" | "number" | "boolean" {
  if (field === "is_maker") return "boolean";
  return field.endsWith("_cents") || field === "size_usd" ? "number" : "string";
}
