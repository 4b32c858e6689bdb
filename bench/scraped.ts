import { benchDirectory, prepareLoad, startHub } from "./processes.ts";
import { type Measure, median } from "./report.ts";

const BATCH = 500;
const BATCHES = 1_600;
const BOTS = 50;
const SCRAPE_EVERY_MS = 1_000;
/** Turns of scraping and of none follow one another, so that what the machine does besides meets both alike. */
const TURN_MS = 2_000;
/** A turn's first answers belong to what was under way before it. */
const SETTLE_MS = 250;

/** Ingest of a hub with 50 bots while its metrics are scraped each second, beside the same hub while they are not. */
export async function scraped(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    const hub = await startHub(directory.path);
    await tellBots(hub.address);
    const load = await prepareLoad({
      ...{ url: hub.address, seed: 1, prefix: "scraped" },
      ...{ batches: BATCHES, batchSize: BATCH, connections: 4 },
    });
    const scraper = new Scraper(`${hub.address}/metrics`, performance.now());
    const result = await load.go();
    const { tookMs, bytes } = await scraper.end();
    await hub.end("SIGTERM");
    const [without, with_] = rates(result.answeredMs);
    return [
      { name: "ingest while metrics are scraped each second", actual: median(with_), unit: "events/s" },
      { name: "ingest while they are not", actual: median(without), unit: "events/s" },
      {
        name: "ratio",
        actual: median(with_) / median(without),
        unit: "×",
        target: { min: 0.97 },
        note: `${with_.length} and ${without.length} turns`,
      },
      { name: "a scrape at that load", actual: median(tookMs), unit: "ms", note: `${tookMs.length} scrapes` },
      { name: "its size", actual: bytes / 1_000_000, unit: "MB", target: { max: 2 } },
      { name: "requests not answered with 200", actual: result.failed, unit: "", target: { max: 0 } },
    ];
  } finally {
    directory.remove();
  }
}

/** Events a second in each whole turn, of those without and of those with scrapes; the first two are to warm up. */
function rates(answeredMs: readonly number[]): [without: number[], with_: number[]] {
  const turns = Math.floor(Math.max(...answeredMs) / TURN_MS);
  const rates: [number[], number[]] = [[], []];
  for (let turn = 2; turn < turns; turn++) {
    const from = turn * TURN_MS + SETTLE_MS;
    const answered = answeredMs.filter((at) => at >= from && at < (turn + 1) * TURN_MS).length;
    rates[turn % 2 === 0 ? 0 : 1].push((answered * BATCH * 1_000) / (TURN_MS - SETTLE_MS));
  }
  return rates;
}

/** Scrapes each second of every other turn. */
class Scraper {
  readonly #url: string;
  readonly #begin: number;
  readonly #tookMs: number[] = [];
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(url: string, begin: number) {
    this.#url = url;
    this.#begin = begin;
    this.#timer = setInterval(() => {
      const turn = Math.floor((performance.now() - this.#begin) / TURN_MS);
      if (turn % 2 === 1) this.#work = this.#scrape();
    }, SCRAPE_EVERY_MS);
  }

  async #scrape(): Promise<void> {
    const begin = performance.now();
    const answer = await fetch(this.#url);
    this.#bytes = Buffer.byteLength(await answer.text());
    this.#tookMs.push(performance.now() - begin);
  }

  async end(): Promise<{ readonly tookMs: readonly number[]; readonly bytes: number }> {
    clearInterval(this.#timer);
    await this.#work;
    return { tookMs: this.#tookMs, bytes: this.#bytes };
  }
}

/** Bots that traded, so that every scrape has them. */
async function tellBots(url: string): Promise<void> {
  // Before all that the load tells: its fills would come late to ledgers that end now.
  const ts = new Date(Date.now() - DAY_MS).toISOString();
  const of = (bot: string) => [
    { type: "bot.started", bot, ts },
    { type: "risk", bot, ts, equity_quote: 1_000, margin_ratio: 0.7, base_pct: 0.5 },
    ...["buy", "sell"].map((side) => ({
      ...{ type: "fill", bot, ts, fill_id: side, venue: "binance", symbol: "MARKET-1", side, size: 1, price: 50 },
    })),
  ];
  const events = Array.from({ length: BOTS }, (_, index) => of(`bot-${index}`)).flat();
  const body = JSON.stringify([{ type: "instrument", bot: "bot-0", ts, ...MARKET }, ...events]);
  const answer = await fetch(`${url}/api/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  if (!answer.ok) throw new Error(`the hub answered ${answer.status}`);
}

const DAY_MS = 86_400_000;
const MARKET = { venue: "binance", symbol: "MARKET-1", kind: "spot", quote: "USD" };
