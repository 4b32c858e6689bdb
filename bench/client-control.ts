import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Control, createControl, createReporter, type Reporter } from "../packages/client/src/index.ts";
import { readLocalAccess } from "../src/http/access/local-token.ts";
import { benchDirectory, startHub } from "./processes.ts";
import { type Measure, median, quantile } from "./report.ts";

const CALLS = 5_000_000;
const ROUNDS = 5;
const COMMANDS = 150;
const EVENTS_PER_S = 2_000;
const TICK_MS = 10;

/**
 * What control costs a bot: one look at the local flag; and what it takes from the request for a halt until the hub has the
 * bot's acknowledgement on its disk, over the client's link and by a long poll as any language does it, while the hub takes
 * in 2,000 events/s.
 */
export async function clientControl(): Promise<Measure[]> {
  const directory = benchDirectory();
  const dataDir = join(directory.path, "data");
  const hub = await startHub(dataDir);
  const reporter = createReporter({ url: hub.address, bot: "linked", heartbeatS: 0 });
  const control = createControl({ url: hub.address, bot: "linked", reporter, onCommand: () => undefined });
  try {
    await control.ready();
    const flags = [flagCost("one look at the flag, nothing held", control)];
    const desk = { url: hub.address, token: readLocalAccess(dataDir)?.token ?? "", control, reporter };
    return [...flags, ...(await commandCosts(desk))];
  } finally {
    control.close();
    await reporter.close({ timeoutMs: 0 });
    await hub.end("SIGTERM");
    directory.remove();
  }
}

/** Time of the processor: on a machine that does other things besides, the clock on the wall would measure those. */
function flagCost(name: string, control: Control): Measure {
  const costs = Array.from({ length: ROUNDS }, () => {
    let allowed = 0;
    const before = process.cpuUsage();
    for (let call = 0; call < CALLS; call++)
      if (control.allowed({ venue: (call & 1) === 0 ? "binance" : "kraken", intent: "entry" })) allowed++;
    const { user, system } = process.cpuUsage(before);
    const ns = ((user + system) * 1000) / CALLS;
    return allowed < 0 ? Number.NaN : ns;
  });
  return { name, actual: median(costs), unit: "ns", target: { max: 100 } };
}

interface Desk {
  readonly url: string;
  readonly token: string;
  readonly control: Control;
  readonly reporter: Reporter;
}

async function commandCosts(desk: Desk): Promise<Measure[]> {
  const stop = new AbortController();
  const load = startLoad(desk, stop.signal);
  const polling = pollOn(desk.url, stop.signal);
  desk.reporter.botStarted({ status: "running", venues: [{ venue: "binance", connected: true }] });
  await delay(1_000);
  const linked: number[] = [];
  const polled: number[] = [];
  // Turn by turn: what disturbs the machine disturbs both.
  for (let count = 0; count < COMMANDS; count++) {
    linked.push(await courseOf(desk, "linked", count));
    polled.push(await courseOf(desk, "polled", count));
  }
  await ask(desk, "/api/v1/controls", { action: "halt", target: { venue: "binance" }, reason: "bench" });
  const held = flagCost("one look at the flag, a venue held", desk.control);
  stop.abort();
  await Promise.all([load, polling]);
  return [held, ...spread("by the link", linked, 50), ...spread("by long poll", polled, 150)];
}

const spread = (how: string, ms: readonly number[], max: number): Measure[] => [
  { name: `halt requested to acknowledged ${how}, p50`, actual: median(ms), unit: "ms" },
  { name: `halt requested to acknowledged ${how}, p99`, actual: quantile(ms, 0.99), unit: "ms", target: { max } },
];

/** By the hub's own clock, which the hub tells for each command. */
async function courseOf(desk: Desk, bot: string, count: number): Promise<number> {
  const command_id = `${bot}-${count}`;
  const action = count % 2 === 0 ? "halt" : "resume";
  await ask(desk, "/api/v1/controls", { action, target: { bot }, reason: "bench", command_id });
  for (;;) {
    const { command } = await ask(desk, `/api/v1/controls/${command_id}`);
    const ms = command?.bots.find((course) => course.bot === bot)?.acknowledged_ms;
    if (typeof ms === "number") return ms;
    await delay(5);
  }
}

interface Told {
  readonly command?: {
    readonly bots: ReadonlyArray<{ readonly bot: string; readonly acknowledged_ms: number | null }>;
  };
}

async function ask({ url, token }: Desk, path: string, body?: object): Promise<Told> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${url}${path}`, { headers, ...init });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as Told;
}

async function startLoad({ url }: Desk, signal: AbortSignal): Promise<void> {
  const reporter = createReporter({ url, bot: "busy", heartbeatS: 0 });
  const began = performance.now();
  let count = 0;
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - began) / 1000) * EVENTS_PER_S);
    for (; count < due; count++)
      reporter.fill({ fill_id: count, venue: "kraken", symbol: "BTC-USD", side: "buy", price: "100", size: "1" });
    await delay(TICK_MS);
  }
  await reporter.close({ timeoutMs: 1_000 });
}

/** A bot that speaks long poll, as small as one can be. */
async function pollOn(url: string, signal: AbortSignal): Promise<void> {
  const headers = { "content-type": "application/json" };
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) }).then((answer) => answer.text());
  await post("/api/v1/events", { type: "bot.started", bot: "polled", ts: new Date().toISOString(), status: "running" });
  let since = "";
  while (!signal.aborted) {
    const answer = await fetch(`${url}/api/v1/commands?bot=polled&wait=5${since}`, { signal }).catch(() => undefined);
    if (answer === undefined) continue;
    const said = (await answer.json()) as { as_of_seq: number; commands: { command_id: string }[] };
    since = `&since=${said.as_of_seq}`;
    for (const { command_id: id } of said.commands) await post(`/api/v1/commands/${id}/ack`, { bot: "polled" });
  }
}
