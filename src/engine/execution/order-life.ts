import { MICROS_PER_SECOND, type Micros, parseTime } from "../../base/time.ts";
import { type Measure, measured, unknown } from "../../metrics/measure.ts";
import type { ExecutionAnswer } from "../../protocol/api-execution.ts";
import type { OrderView } from "../../protocol/api-trading.ts";
import { wire } from "../trade-readings.ts";
import type { Unfilled } from "./unfilled.ts";

type Told = Pick<
  OrderView,
  "status" | "size" | "filled_size" | "reason" | "placed_at" | "acknowledged_at" | "ended_at"
>;

/** How orders ended, how long that took, and why some were not filled. */
export class OrderLife {
  readonly #counts = {
    placed: 0,
    filled: 0,
    partially_filled: 0,
    cancelled: 0,
    rejected: 0,
    expired: 0,
    open: 0,
    unknown: 0,
  };
  readonly #acknowledged: number[] = [];
  readonly #filled: number[] = [];
  readonly #cancelled: number[] = [];
  readonly #expired: number[] = [];
  readonly #ages: number[] = [];
  readonly #unfilled: Unfilled;

  constructor(unfilled: Unfilled) {
    this.#unfilled = unfilled;
  }

  get placed(): number {
    return this.#counts.placed;
  }

  take(order: Told, now: Micros): void {
    const { status, reason, placed_at, acknowledged_at, ended_at } = order;
    const placed = parseTime(placed_at) ?? now;
    this.#counts.placed++;
    after(this.#acknowledged, placed, acknowledged_at);
    const isPart = Number(order.filled_size) > 0;
    switch (status) {
      case "filled":
        this.#counts.filled++;
        return after(this.#filled, placed, ended_at);
      case "open":
      case "partially_filled":
        this.#counts.open++;
        this.#ages.push((now - placed) / MICROS_PER_SECOND);
        return;
      case "unknown":
        this.#counts.unknown++;
        return;
      case "cancelled":
      case "expired":
      case "rejected":
        this.#counts[isPart ? "partially_filled" : status]++;
        if (status !== "rejected") after(status === "expired" ? this.#expired : this.#cancelled, placed, ended_at);
        this.#unfilled.add({ of: "order", outcome: isPart ? "partially_filled" : status, reason: reason ?? UNSAID });
        return;
    }
  }

  /** `complete`: every order of the span was taken. */
  told(complete: boolean): ExecutionAnswer["orders"] {
    return {
      complete,
      ...this.#counts,
      placed_to_acknowledged_s: times(this.#acknowledged, "no order says when it was acknowledged"),
      placed_to_filled_s: times(this.#filled, "no order was filled whole"),
      placed_to_cancelled_s: times(this.#cancelled, "no order was cancelled"),
      placed_to_expired_s: times(this.#expired, "no order expired"),
      open_age_s: times(this.#ages, "no order rests"),
    };
  }
}

const UNSAID = "no reason was said";

function after(seconds: number[], from: Micros, time: string | undefined): void {
  const at = time === undefined ? undefined : parseTime(time);
  // What is said to be before the placing tells nothing.
  if (at !== undefined && at >= from) seconds.push((at - from) / MICROS_PER_SECOND);
}

/** Median and what one in 20, and one in 100, takes longer than: of the times themselves, the next one up. */
function times(seconds: number[], none: string): ExecutionAnswer["orders"]["open_age_s"] {
  seconds.sort((a, b) => a - b);
  const n = seconds.length;
  const at = (part: number): Measure =>
    n === 0 ? unknown(none) : measured(seconds[Math.max(0, Math.ceil(part * n) - 1)] ?? 0, n);
  return { p50: wire(at(0.5)), p95: wire(at(0.95)), p99: wire(at(0.99)) };
}
