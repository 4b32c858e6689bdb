import { micros } from "../src/base/time.ts";
import { emptyState, reduce, type State } from "../src/engine/fold.ts";
import { reduceSample } from "../src/engine/sample-state.ts";
import { parseEvent } from "../src/protocol/parse-event.ts";
import { metricsOver } from "../test/metrics/metrics-page.ts";
import { type Measure, median } from "./report.ts";
import { Workload } from "./workload.ts";

const BOTS = 50;
const EVENTS = 50_000;
const ROUNDS = 15;
const START_MS = 1_771_936_213_000;

/** One scrape of a desk of 50 bots that trade: the time until the text is there, and its size. */
export async function scrape(): Promise<Measure[]> {
  const state = fiftyBots();
  const metrics = metricsOver(state, () => micros((START_MS + EVENTS) * 1_000));
  const took: number[] = [];
  const worked: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    const cpu = process.cpuUsage();
    bytes = Buffer.byteLength(await metrics.text());
    took.push(performance.now() - begin);
    worked.push(process.cpuUsage(cpu).user / 1_000);
  }
  return [
    { name: "a scrape of 50 bots", actual: median(took.slice(3)), unit: "ms", target: { max: 50 } },
    { name: "processor time of it", actual: median(worked.slice(3)), unit: "ms" },
    { name: "its size", actual: bytes / 1_000_000, unit: "MB", target: { max: 2 } },
  ];
}

const SYMBOLS = 8;

/** The canonical workload, told by 50 bots in turn, each in 8 instruments in USD, with what document 1 shows of them. */
function fiftyBots(): State {
  const state = emptyState();
  const workload = new Workload(1, "scrape");
  const ts = new Date(START_MS).toISOString();
  let seq = 0;
  const tell = (told: object): void => {
    const parsed = parseEvent({ ts, ...told });
    if (!parsed.ok) throw new Error(parsed.error.message);
    const { value: event } = parsed;
    const at = micros(START_MS * 1_000 + ++seq * 1_000);
    if (event.type === "mark" || event.type === "tick") reduceSample(state, event, at, at);
    else reduce(state, { seq, ts: at, receivedAt: at, standing: "fact", ofSeq: undefined, event });
  };
  for (let symbol = 0; symbol < SYMBOLS; symbol++) {
    const place = { bot: "bot-0", venue: "binance", symbol: `MARKET-${symbol}` };
    tell({ type: "instrument", ...place, kind: "spot", quote: "USD" });
    tell({ type: "mark", ...place, price: 50 });
  }
  for (let index = 0; index < EVENTS; index++) {
    const told = workload.nextEvent(START_MS + index);
    const symbol = "symbol" in told ? { venue: "binance", symbol: `MARKET-${index % SYMBOLS}` } : {};
    tell({ ...told, ...symbol, bot: `bot-${index % BOTS}` });
  }
  for (let index = 0; index < BOTS; index++) {
    const bot = `bot-${index}`;
    tell({ type: "tick", bot, duration_s: 0.01, indicator_s: 0.002, connector_io_s: 0.006 });
    tell({ type: "calibration", bot, kind: "fill_factor", configured_fill_factor: 0.4, realized_fill_factor: 0.3 });
    tell({ type: "risk", bot, equity_quote: 1_000, margin_ratio: 0.7, base_pct: 0.5, risk_reasons: ["slow"] });
  }
  return state;
}
