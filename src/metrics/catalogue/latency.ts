import { type MetricDefinition, type MetricWindow, USUAL } from "../definition.ts";
import type { Percentiles, ScopeReading } from "../scope-reading.ts";

const SPANS = ["session", "today", "7d", "30d", "all"] as const satisfies readonly MetricWindow[];
const PERCENTILES = ["p50", "p95", "p99"] as const satisfies readonly (keyof Percentiles)[];
const LATENCY = { ...USUAL, unit: "seconds", format: "seconds", sign: "≥ 0, smaller is faster" } as const;

/** A latency of which the percentiles are metrics. */
interface Timed {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly formula: string;
  readonly source: string;
  readonly windows: MetricDefinition["windows"];
  readonly of: (reading: ScopeReading) => Percentiles;
}

const ORDER = { source: "EVENTS.md: order.placed, order.acknowledged, fill", windows: SPANS } as const;
const TOLD = "absent where the bot does not tell both moments";

const TIMED: readonly Timed[] = [
  {
    name: "tick_duration",
    title: "Tick duration",
    help: "Wall time of the ticks of the last five minutes, within 1 %",
    formula: "of duration_s of the ticks that were told",
    source: "document 1",
    windows: ["now"],
    of: ({ now }) => now.tickTimes,
  },
  {
    ...ORDER,
    name: "order_decided_to_sent",
    title: "Order: decided to sent",
    help: `Time from the decision for an order until it was sent, within 2.2 %; ${TOLD}`,
    formula: "of sent_at − decided_at",
    of: ({ span }) => span.orderSent,
  },
  {
    ...ORDER,
    name: "order_sent_to_acknowledged",
    title: "Order: sent to acknowledged",
    help: `Time from sending an order until the venue acknowledged it, within 2.2 %; ${TOLD}`,
    formula: "of ts of order.acknowledged − sent_at",
    of: ({ span }) => span.orderAcknowledged,
  },
  {
    ...ORDER,
    name: "order_acknowledged_to_filled",
    title: "Order: acknowledged to filled",
    help: `Time from the acknowledgement of an order until its first fill, within 2.2 %; ${TOLD}`,
    formula: "of ts of the first fill − ts of order.acknowledged",
    of: ({ span }) => span.orderFilled,
  },
];

/** How long ticks, and the steps of an order, take: of a bot, and of all bots together. */
export const LATENCY_METRICS: readonly MetricDefinition[] = TIMED.flatMap(({ of, title, formula, ...timed }) =>
  PERCENTILES.map((percentile) => {
    const name = `${timed.name}_${percentile}_seconds`;
    const [window] = timed.windows;
    return {
      ...LATENCY,
      ...timed,
      name,
      title: `${title}, ${percentile}`,
      formula: `${percentile} ${formula}`,
      prometheus: [{ name: `deskwatch_${name}`, window }],
      read: (reading: ScopeReading) => of(reading)[percentile],
    };
  }),
);
