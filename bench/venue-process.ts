/**
 * A fake Kalshi with many busy markets, a process of its own. Tells its parent `{ settings, keyId, privateKey }`, and on
 * `{ perSecond }` begins to change markets evenly. On `{ probe }` it changes one market that is quiet otherwise, or the
 * `ticker` that is named, and then tells `{ sentAt }`, ms since 1970.
 */
import { seededRandom } from "../src/base/random.ts";
import { FakeKalshi } from "../test/fakes/fake-kalshi.ts";
import type { Leg } from "../test/fakes/kalshi-market.ts";

/** What its parent is told of it. */
export interface Venue {
  readonly settings: Readonly<Record<string, string>>;
  readonly keyId: string;
  readonly privateKey: string;
  readonly tickers: readonly string[];
  readonly quiet: string;
}

const LEVELS = 60;
const STEP_MS = 5;

const markets = Number(process.argv[2]);
const tickers = Array.from({ length: markets }, (_, index) => `KXBENCH-27APR-T${index}`);
const QUIET = "KXQUIET-27APR-T1";
const venue = await FakeKalshi.start([...tickers, QUIET]);
const random = seededRandom(7);
for (const ticker of [...tickers, QUIET]) {
  for (let level = 1; level <= LEVELS; level++) {
    for (const leg of ["yes", "no"] as const) venue.market(ticker).put(leg, level * 80, 1_000 + random.below(100_000));
  }
}

/** Most changes of real books are near the best price. */
function change(ticker: string): void {
  const leg: Leg = random.below(2) === 0 ? "yes" : "no";
  const depth = Math.floor(random.next() ** 3 * LEVELS);
  venue.put(ticker, leg, (LEVELS - depth) * 80, 100 + random.below(100_000));
}

let sent = 0;
function begin(perSecond: number): void {
  const startedAt = performance.now();
  setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    for (; sent < due; sent++) change(tickers[sent % tickers.length] ?? "");
  }, STEP_MS);
}

interface Said {
  readonly perSecond?: number;
  readonly probe?: number;
  readonly ticker?: string;
  readonly count?: true;
}

process.on("message", (said: Said) => {
  if (said.perSecond !== undefined) begin(said.perSecond);
  if (said.probe !== undefined) {
    const sentAt = performance.timeOrigin + performance.now();
    venue.put(said.ticker ?? QUIET, "yes", 4_880, said.probe);
    if (said.ticker !== undefined) process.send?.({ sentAt });
  }
  if (said.count === true) process.send?.({ sent });
});
process.on("disconnect", () => process.exit(0));
process.send?.({
  settings: venue.settings,
  keyId: venue.secrets.keyId.reveal(),
  privateKey: venue.secrets.privateKey.reveal(),
  tickers,
  quiet: QUIET,
});
