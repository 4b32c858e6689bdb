import { type Measure, measured, unknown } from "../../metrics/measure.ts";
import { wilsonInterval } from "../../metrics/inference/wilson.ts";
import type { ExecutionAnswer } from "../../protocol/api-execution.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { estimateOf } from "../markouts/read-markouts.ts";
import type { QuoteKnown } from "../quality/from-log.ts";
import { filledOf } from "../quality/take.ts";
import { wire } from "../trade-readings.ts";
import type { Unfilled } from "./unfilled.ts";

type Kind = "maker" | "taker" | "all";
type Quotes = ExecutionAnswer["quotes"];

/** How quotes ended, and why some were not filled. */
export class QuoteEnds {
  readonly #ended: Record<Kind, { ended: number; hit: number }> = {
    maker: { ended: 0, hit: 0 },
    taker: { ended: 0, hit: 0 },
    all: { ended: 0, hit: 0 },
  };
  readonly #instruments = new Set<string>();
  #rejected = 0;
  #sized = 0;
  #quoted = 0;
  #filled = 0;
  #eligibleQuotes = 0;
  #eligible = 0;
  #filledOfEligible = 0;
  readonly #unfilled: Unfilled;

  constructor(unfilled: Unfilled) {
    this.#unfilled = unfilled;
  }

  take(event: EventOf<"quote.ended">, { intent, isMet }: QuoteKnown): void {
    const { outcome } = event;
    if (outcome === "rejected") {
      this.#rejected++;
      this.#unfilled.add({ of: "quote", outcome, reason: reasonOf(event) ?? UNSAID });
      return;
    }
    const filled = filledOf(event);
    const isHit = isMet || (filled ?? 0) > 0 || outcome === "filled" || outcome === "partially_filled";
    for (const kind of [event.intent ?? intent, "all"] as const) {
      if (kind === undefined) continue;
      this.#ended[kind].ended++;
      if (isHit) this.#ended[kind].hit++;
    }
    this.#size(event, filled);
    if (outcome !== "filled") this.#unfilled.add({ of: "quote", outcome, reason: whyNot(event, filled) });
  }

  told(calibration: { readonly reported: Measure; readonly configured: Measure }): Quotes {
    return {
      maker: rateOf(this.#ended.maker, "no maker quotes reported"),
      taker: rateOf(this.#ended.taker, "no taker quotes reported"),
      all: rateOf(this.#ended.all, "no quotes reported"),
      rejected: this.#rejected,
      fill_rate_qty_pct: wire(this.#bySize()),
      fill_factor: {
        realized: wire(
          this.#eligibleQuotes === 0
            ? unknown("no quote says what traded at its price")
            : measured(this.#filledOfEligible / this.#eligible, this.#eligibleQuotes),
        ),
        reported: wire(calibration.reported),
        configured: wire(calibration.configured),
      },
    };
  }

  #size({ venue, symbol, size, eligible_size: eligible }: EventOf<"quote.ended">, filled: number | undefined): void {
    if (filled === undefined) return;
    if (size !== undefined) {
      this.#instruments.add(`${venue}\t${symbol}`);
      this.#sized++;
      this.#quoted += Number(size);
      this.#filled += filled;
    }
    if (!(Number(eligible) > 0)) return;
    this.#eligibleQuotes++;
    this.#eligible += Number(eligible);
    this.#filledOfEligible += filled;
  }

  #bySize(): Measure {
    if (this.#sized === 0) return unknown("no quote that ended says its size and what of it was filled");
    if (this.#instruments.size > 1) return unknown("sizes of several instruments do not add up", this.#sized);
    return measured((100 * this.#filled) / this.#quoted, this.#sized);
  }
}

const UNSAID = "no reason was said";
const LEVEL = 0.95;

const reasonOf = (event: EventOf<"quote.ended">): string | undefined => {
  const said = event["reason"];
  return typeof said === "string" && said !== "" ? said.slice(0, 200) : undefined;
};

/** What the quote says; else what traded at its price tells. */
function whyNot(event: EventOf<"quote.ended">, filled: number | undefined): string {
  const said = reasonOf(event);
  if (said !== undefined) return said;
  if (event.eligible_size === undefined) return UNSAID;
  if (Number(event.eligible_size) === 0) return "no volume reached the price";
  return (filled ?? 0) > 0
    ? "too little volume reached the price, or others had it"
    : "others had the volume at the price";
}

function rateOf({ ended, hit }: { readonly ended: number; readonly hit: number }, none: string): Quotes["all"] {
  if (ended === 0) return { ended, hit, hit_rate: wire(unknown(none)) };
  const interval = wilsonInterval(hit, ended, LEVEL);
  const percent = "reason" in interval ? interval : { low: interval.low * 100, high: interval.high * 100 };
  return { ended, hit, hit_rate: estimateOf(measured((100 * hit) / ended, ended), percent) };
}
