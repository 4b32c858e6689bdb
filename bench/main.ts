/** `npm run bench [NAME…]`: prints target, actual and pass; `--keep` adds the results to `bench/history.ndjson`. */
import { books } from "./books.ts";
import { clientControl } from "./client-control.ts";
import { client } from "./client.ts";
import { control } from "./control.ts";
import { demo } from "./demo.ts";
import { fold } from "./fold.ts";
import { follow } from "./follow.ts";
import { ingest } from "./ingest.ts";
import { ledger } from "./ledger.ts";
import { markoutsLive } from "./markouts-live.ts";
import { memory } from "./memory.ts";
import { page } from "./page.ts";
import { postgres } from "./postgres.ts";
import { query } from "./query.ts";
import { replay } from "./replay.ts";
import { type Measure, report } from "./report.ts";
import { rollups } from "./rollups.ts";
import { scrape } from "./scrape.ts";
import { scraped } from "./scraped.ts";
import { single } from "./single.ts";
import { start } from "./start.ts";
import { statistics } from "./statistics.ts";
import { store } from "./store.ts";
import { venuePage } from "./venue-page.ts";
import { venues } from "./venues.ts";

const benches: Readonly<Record<string, () => Promise<Measure[]>>> = {
  fold,
  ingest,
  single,
  start,
  ledger,
  statistics,
  "markouts-live": markoutsLive,
  memory,
  page,
  query,
  store,
  postgres,
  replay,
  rollups,
  scrape,
  scraped,
  client,
  "client-control": clientControl,
  control,
  follow,
  books,
  venues,
  "venue-page": venuePage,
  demo,
};

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`unknown bench ${unknown.join(", ")}; there are: ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
let passed = true;
for (const [name, run] of Object.entries(benches))
  if (names.length === 0 || names.includes(name))
    passed = report(name, await run(), process.argv.includes("--keep")) && passed;
process.exitCode = passed ? 0 : 1;
