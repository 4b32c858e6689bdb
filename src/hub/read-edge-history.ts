import { type Clock, isoFromMicros, type Micros, micros, parseTime } from "../base/time.ts";
import { usualStep } from "../engine/rollup/read-past.ts";
import {
  EDGE_LINES_MAX,
  EDGE_STEPS_MAX,
  EDGE_STEPS_USUAL,
  type EdgeHistoryAnswer,
  type EdgeLineView,
} from "../protocol/api-edges.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { WireEvent } from "../protocol/recorded.ts";
import { type EdgeHistory, type EdgeLine, edgeLineKey, edgeLineOf, finestStep } from "./edge-history.ts";
import type { EdgeStep } from "./edge-steps.ts";
import type { Store } from "./ports.ts";
import type { AsOf } from "./query.ts";

/** Which edges, of which span. At least a pair or a market is named. */
export interface EdgeHistoryFilter {
  readonly pairId?: string | undefined;
  /** One of the two markets of a pair. */
  readonly market?: string | undefined;
  /** The other one. */
  readonly against?: string | undefined;
  readonly bot?: string | undefined;
  /** Every mode when absent. */
  readonly mode?: string | undefined;
  /** An hour before the end when absent. */
  readonly from?: Micros | undefined;
  /** Now when absent. */
  readonly to?: Micros | undefined;
  /** Microseconds; chosen by the span when absent, and never shorter than what is kept. */
  readonly step?: number | undefined;
}

export type EdgeHistoryRefusal = "too many points" | "no time" | "no past";

export interface EdgeHistoryParts {
  readonly history: EdgeHistory;
  readonly store: Pick<Store, "events">;
  readonly clock: Clock;
  readonly asOf: (now: Micros) => AsOf;
}

const USUAL_MICROS = 3_600_000_000;
/** Edges of the log that are looked at: the newest. */
const FACTS_MAX = 2_000;
const FACTS_PAGE = 1_000;

interface Gathered {
  readonly line: EdgeLine;
  /** By the number of the step. */
  readonly steps: Map<number, Omit<EdgeStep, "from">>;
}

/** How edges went, step by step: from what was heard of late, and from the facts of the log. */
export async function readEdgeHistory(
  parts: EdgeHistoryParts,
  filter: EdgeHistoryFilter,
): Promise<EdgeHistoryAnswer | EdgeHistoryRefusal> {
  const now = parts.clock.now();
  const { mode } = filter;
  // What was told just now counts.
  const to = micros(Math.min(filter.to ?? now + 1, now + 1));
  const from = filter.from ?? micros(to - USUAL_MICROS);
  if (to <= from) return "no time";
  const step = Math.max(filter.step ?? usualStepOf(from, to), finestStep(from, now));
  if ((to - from) / step > EDGE_STEPS_MAX) return "too many points";
  const gathered = new Map<string, Gathered>();
  const take = (line: EdgeLine, told: EdgeStep): void => gather(gathered, line, told, step);
  const wanted = wantedBy(filter);
  for (const [line, steps] of parts.history.steps(wanted, from, now))
    for (const told of steps.between(from, to)) take(line, told);
  const facts = await factsOf(parts.store, { ...filter, from, to });
  for (const { event, at } of facts.edges) {
    const line = edgeLineOf(event);
    const value = event.net_edge_cents;
    if (wanted(line)) take(line, { from: at, min: value, max: value, last: value, lastAt: at });
  }
  const lines = [...gathered].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => lineView(each, step));
  return {
    mode: mode ?? null,
    from: isoFromMicros(from),
    to: isoFromMicros(micros(Math.min(to, now))),
    step_s: step / 1_000_000,
    samples_from: isoFromMicros(parts.history.completeFrom(now)),
    lines: lines.slice(0, EDGE_LINES_MAX),
    left_off: lines.length > EDGE_LINES_MAX || facts.isCut,
    ...parts.asOf(now),
  };
}

const SHORT_STEPS = [5, 10, 15, 30].map((seconds) => seconds * 1_000_000);

/** The shortest usual step of which there are not too many. */
function usualStepOf(from: Micros, to: Micros): number {
  return (
    SHORT_STEPS.find((step) => (to - from) / step <= EDGE_STEPS_USUAL) ?? usualStep({ from, to }, EDGE_STEPS_USUAL)
  );
}

function wantedBy({ pairId, market, against, bot, mode }: EdgeHistoryFilter): (line: EdgeLine) => boolean {
  return (line) => {
    const { primaryMarket, hedgeMarket } = line;
    const has = (name: string | undefined): boolean =>
      name === undefined || name === primaryMarket || name === hedgeMarket;
    return (
      (pairId === undefined || line.pairId === pairId) &&
      has(market) &&
      has(against) &&
      (bot === undefined || line.bot === bot) &&
      (mode === undefined || line.mode === mode)
    );
  };
}

function gather(gathered: Map<string, Gathered>, line: EdgeLine, told: EdgeStep, step: number): void {
  const key = edgeLineKey(line);
  const { steps } = gathered.get(key) ?? { steps: new Map<number, Omit<EdgeStep, "from">>() };
  gathered.set(key, { line, steps });
  const number = Math.floor(told.from / step);
  const held = steps.get(number);
  const newest = held !== undefined && held.lastAt > told.lastAt ? held : told;
  steps.set(number, {
    min: Math.min(held?.min ?? told.min, told.min),
    max: Math.max(held?.max ?? told.max, told.max),
    last: newest.last,
    lastAt: newest.lastAt,
  });
}

function lineView({ line, steps }: Gathered, step: number): EdgeLineView {
  return {
    bot: line.bot,
    pair_id: line.pairId,
    primary_market: line.primaryMarket,
    hedge_market: line.hedgeMarket,
    direction: line.direction ?? null,
    points: [...steps]
      .sort(([a], [b]) => a - b)
      .map(([number, { min, max, last }]) => ({
        from: isoFromMicros(micros(number * step)),
        to: isoFromMicros(micros((number + 1) * step)),
        min_cents: min,
        max_cents: max,
        last_cents: last,
      })),
  };
}

interface FactEdge {
  readonly event: EventOf<"edge">;
  readonly at: Micros;
}

/** The newest edges of the log in a span: those that were sent as facts, and those that an opportunity cites. */
async function factsOf(
  store: Pick<Store, "events">,
  { bot, mode, from, to }: Pick<EdgeHistoryFilter, "bot" | "mode"> & { readonly from: Micros; readonly to: Micros },
): Promise<{ readonly edges: readonly FactEdge[]; readonly isCut: boolean }> {
  const whose = { ...(bot === undefined ? {} : { bot }), ...(mode === undefined ? {} : { mode }) };
  const edges: FactEdge[] = [];
  let before: { readonly beforeSeq?: number } = {};
  while (edges.length < FACTS_MAX) {
    const page = await store.events({
      ...whose,
      ...before,
      type: "edge",
      from,
      to,
      order: "newest",
      limit: FACTS_PAGE,
    });
    edges.push(...page.events.flatMap(factEdge));
    if (page.complete || page.lastSeq === undefined) return { edges, isCut: false };
    before = { beforeSeq: page.lastSeq };
  }
  return { edges, isCut: true };
}

function factEdge(text: string): FactEdge[] {
  const event = JSON.parse(text) as WireEvent & EventOf<"edge">;
  const at = parseTime(event.effective_ts);
  return at === undefined || event.standing !== undefined ? [] : [{ event, at }];
}
