import { isoFromMicros, type Micros, MICROS_PER_SECOND, microsFromMs } from "../base/time.ts";
import {
  type Attempt,
  centsOf,
  fillEvent,
  type Leg,
  opportunityEvent,
  orderEndEvent,
  outcomeEvent,
  placedEvent,
  troubleEvent,
  unwindSize,
} from "./arbitrage-attempt.ts";
import { type Envelope, intervalAround } from "./arbitrage-market.ts";
import type { LogLine } from "./arbitrage-log-line.ts";
import { type ImportItem, refused } from "./format.ts";

export type ExecutionLine = Extract<LogLine, { data: { executionId: string } }>;
type LineOf<Event extends ExecutionLine["event"]> = Extract<ExecutionLine, { event: Event }>;
type Said<Event extends ExecutionLine["event"]> = { readonly line: number; readonly said: LineOf<Event> };

/** How long after its last line an execution may still get one, and how many may be open. Bounds memory. */
const IDLE_MICROS = 600 * MICROS_PER_SECOND;
const OPEN_MAX = 5_000;

/**
 * Gathers the lines of each execution, which the log writes late and in disorder, and tells each event as soon as all
 * that it needs was said: the market comes from EXECUTION_START, an unwind's side from UNWIND_START, its size from the fill.
 */
export class Executions {
  readonly #open = new Map<string, Execution>();
  readonly #envelope: Envelope;

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
  }

  take(line: number, said: ExecutionLine): ImportItem[] {
    const id = said.data.executionId;
    const execution = this.#open.get(id) ?? new Execution(id, this.#envelope);
    this.#open.delete(id);
    this.#open.set(id, execution);
    return [...execution.take(line, said), ...this.#closeIdle(said.at)];
  }

  /** The end of the log: what is still held is told as far as it goes, or refused. */
  end(): ImportItem[] {
    const items = [...this.#open.values()].flatMap((execution) => execution.close());
    this.#open.clear();
    return items;
  }

  #closeIdle(now: Micros): ImportItem[] {
    const items: ImportItem[] = [];
    for (const [id, execution] of this.#open) {
      if (this.#open.size <= OPEN_MAX && execution.lastAt > now - IDLE_MICROS) break;
      this.#open.delete(id);
      items.push(...execution.close());
    }
    return items;
  }
}

/** The moment that an execution id was made: its middle part is milliseconds in base 36. */
export function executionTime(id: string): Micros | undefined {
  const ms = Number.parseInt(/^exec_([0-9a-z]{8,9})_/.exec(id)?.[1] ?? "", 36);
  return Number.isSafeInteger(ms) ? microsFromMs(ms) : undefined;
}

class Execution {
  lastAt: Micros;
  readonly #id: string;
  readonly #envelope: Envelope;
  readonly #untold = new Set<number>();
  #attempt: Attempt | undefined;
  #start: Said<"EXECUTION_START"> | undefined;
  #complete: Said<"EXECUTION_COMPLETE"> | undefined;
  #unwindStart: Said<"UNWIND_START"> | undefined;
  #unwindResult: Said<"UNWIND_RESULT"> | undefined;
  readonly #legs = { A: new LegLines("A"), B: new LegLines("B") };

  constructor(id: string, envelope: Envelope) {
    this.#id = id;
    this.#envelope = envelope;
    this.lastAt = 0 as Micros;
  }

  take(line: number, said: ExecutionLine): ImportItem[] {
    this.lastAt = said.at;
    this.#untold.add(line);
    this.#keep(line, said);
    return this.#tell(false);
  }

  close(): ImportItem[] {
    const items = this.#tell(true);
    const reason =
      this.#attempt === undefined
        ? "the log does not say the market of this execution (no EXECUTION_START)"
        : "the log does not say enough of this step (no submit, fill or start of the unwind before it)";
    for (const line of this.#untold) items.push(refused(line, reason, this.#id));
    return items;
  }

  #keep(line: number, said: ExecutionLine): void {
    switch (said.event) {
      case "EXECUTION_START":
        this.#start = { line, said };
        break;
      case "EXECUTION_COMPLETE":
        this.#complete = { line, said };
        break;
      case "UNWIND_START":
        this.#unwindStart = { line, said };
        break;
      case "UNWIND_RESULT":
        this.#unwindResult = { line, said };
        break;
      default:
        this.#legs[said.data.leg].keep(line, said);
    }
  }

  #tell(last: boolean): ImportItem[] {
    const items = [...this.#begun()];
    const attempt = this.#attempt;
    if (attempt === undefined) return [];
    for (const leg of [this.#legs.A, this.#legs.B]) items.push(...leg.tell(attempt, this.#complete, last));
    items.push(...this.#unwound(attempt), ...this.#ended(attempt));
    for (const item of items) this.#untold.delete(item.line);
    return items;
  }

  #begun(): ImportItem[] {
    const start = this.#start;
    if (start === undefined || this.#attempt !== undefined) return [];
    const { data, at } = start.said;
    this.#attempt = {
      envelope: this.#envelope,
      executionId: this.#id,
      interval: intervalAround(data.intervalKey, executionTime(this.#id) ?? at),
      edgeCents: centsOf(data.expectedEdgeNet),
    };
    this.#legs.A.leg = { name: "A", venue: data.legA.venue, outcome: data.legA.side };
    this.#legs.B.leg = { name: "B", venue: data.legB.venue, outcome: data.legB.side };
    return [opportunityEvent(this.#attempt, "approved", { line: start.line, ts: at })];
  }

  #unwound(attempt: Attempt): ImportItem[] {
    const items: ImportItem[] = [];
    const [start, result] = [this.#unwindStart, this.#unwindResult];
    if (start !== undefined && this.#untold.has(start.line)) {
      const { at: ts, data } = start.said;
      items.push(troubleEvent(attempt, "unwind", { line: start.line, ts, message: data.reason }));
    }
    if (start === undefined || result === undefined || !this.#untold.has(result.line)) return items;
    return [...items, ...unwindResultItems(attempt, start.said, result, this.#filledLeg(start.said))];
  }

  #filledLeg(start: LineOf<"UNWIND_START">): LineOf<"LEG_FILL"> | undefined {
    const { venue, side } = start.data.legToUnwind;
    const legs = [this.#legs.A, this.#legs.B];
    return legs.find(({ leg }) => leg?.venue === venue && leg.outcome === side)?.fill?.said;
  }

  #ended(attempt: Attempt): ImportItem[] {
    const complete = this.#complete;
    if (complete === undefined || !this.#untold.has(complete.line)) return [];
    const { at: ts, data } = complete.said;
    return [outcomeEvent(attempt, data.status, data.realizedPnl, { line: complete.line, ts })];
  }
}

function unwindResultItems(
  attempt: Attempt,
  start: LineOf<"UNWIND_START">,
  { line, said }: Said<"UNWIND_RESULT">,
  fill: LineOf<"LEG_FILL"> | undefined,
): ImportItem[] {
  const { success, unwindPrice, realizedLoss, error } = said.data;
  const { at: ts } = said;
  if (!success) {
    const message = error ?? "the unwind failed; the position may still exist";
    return [troubleEvent(attempt, "unwind_failed", { line, ts, message }, { expected_loss: realizedLoss })];
  }
  if (fill === undefined) return [];
  const { venue, side } = start.data.legToUnwind;
  const { size, source } = unwindSize(
    { price: fill.data.fillPrice, size: fill.data.fillQty },
    unwindPrice,
    realizedLoss,
  );
  const leg: Leg = { name: "U", venue, outcome: side };
  const extra = { reported_loss: realizedLoss, tags: { size: source } };
  return [fillEvent(attempt, leg, { line, ts, price: unwindPrice, size }, extra)];
}

/** What the log says of one leg. */
class LegLines {
  leg: Leg | undefined;
  fill: Said<"LEG_FILL"> | undefined;
  readonly name: "A" | "B";
  #submit: Said<"LEG_SUBMIT"> | undefined;
  #fail: Said<"LEG_FAIL"> | undefined;
  readonly #told = new Set<string>();

  constructor(name: "A" | "B") {
    this.name = name;
  }

  keep(line: number, said: LineOf<"LEG_SUBMIT"> | LineOf<"LEG_FILL"> | LineOf<"LEG_FAIL">): void {
    if (said.event === "LEG_SUBMIT") this.#submit = { line, said };
    else if (said.event === "LEG_FILL") this.fill = { line, said };
    else this.#fail = { line, said };
  }

  /** An order is placed before it ends, whatever the log wrote first; `last`: nothing more will come. */
  tell(attempt: Attempt, complete: Said<"EXECUTION_COMPLETE"> | undefined, last: boolean): ImportItem[] {
    const { leg } = this;
    if (leg === undefined) return [];
    const items = this.#once("placed", () => this.#placed(attempt, leg));
    if (this.#submit === undefined && !last) return items;
    items.push(...this.#once("filled", () => this.#filled(attempt, leg)));
    items.push(...this.#once("failed", () => this.#failed(attempt, leg)));
    if (complete !== undefined) items.push(...this.#once("remainder", () => this.#remainder(attempt, leg)));
    return items;
  }

  #once(step: string, tell: () => ImportItem | undefined): ImportItem[] {
    if (this.#told.has(step)) return [];
    const item = tell();
    if (item === undefined) return [];
    this.#told.add(step);
    return [item];
  }

  #placed(attempt: Attempt, leg: Leg): ImportItem | undefined {
    if (this.#submit === undefined) return undefined;
    const { line, said } = this.#submit;
    const { price, qty, clientOrderId } = said.data;
    return placedEvent(attempt, leg, { line, ts: said.at, price, size: qty }, { client_order_id: clientOrderId });
  }

  #filled(attempt: Attempt, leg: Leg): ImportItem | undefined {
    if (this.fill === undefined) return undefined;
    const { line, said } = this.fill;
    const { fillPrice, fillQty, orderId, latencyMs } = said.data;
    const extra = { venue_order_id: orderId, logged_latency_ms: latencyMs };
    return fillEvent(attempt, leg, { line, ts: said.at, price: fillPrice, size: fillQty }, extra);
  }

  #failed(attempt: Attempt, leg: Leg): ImportItem | undefined {
    if (this.#fail === undefined) return undefined;
    const { line, said } = this.#fail;
    const { reason, error } = said.data;
    const at = { line, ts: said.at };
    if (error === NOTHING_FOUND)
      return orderEndEvent(attempt, leg, "cancelled", { ...at, filledSize: "0", reason: undefined });
    if (reason === "rejected")
      return orderEndEvent(attempt, leg, "rejected", { ...at, filledSize: "0", reason: error ?? reason });
    // A time-out, or a failure that says "filled": what the order did at the venue is not known.
    const message = `leg ${leg.name} failed as "${reason}"${error === undefined ? "" : `: ${error}`}`;
    return troubleEvent(attempt, "leg_unclear", { ...at, message, leg: leg.name });
  }

  /** What an order did not fill is gone when its attempt is over. */
  #remainder(attempt: Attempt, leg: Leg): ImportItem | undefined {
    if (this.#submit === undefined || this.fill === undefined) return undefined;
    const { line, said } = this.fill;
    const { fillQty } = said.data;
    if (Number(fillQty) >= Number(this.#submit.said.data.qty)) return undefined;
    return orderEndEvent(attempt, leg, "cancelled", { line, ts: said.at, filledSize: fillQty, reason: undefined });
  }
}

/** An immediate-or-cancel order that met nobody, in the bot's words. */
const NOTHING_FOUND = "Order not filled";

/** The moment of a line as ISO-8601. */
export const isoAt = (said: LogLine): string => isoFromMicros(said.at);
