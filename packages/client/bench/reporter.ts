/**
 * What reporting costs a bot: the time of one call in the bot's thread and of the line that is made later, and the share of a core that a reporter takes at
 * 1,000 events a second, sending included. The hub of the measurement is a process of its own. Windows in which the bot only
 * makes its fills and windows in which it reports them take turns; the median of their differences counts.
 * Run: node packages/client/bench/reporter.ts (Node 24); a first argument sets the seconds of a window.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createReporter, type Reporter } from "../src/index.ts";
import { createDrafter } from "../src/line.ts";
import { createIds, createIsoWriter } from "../src/stamp.ts";

const CALLS = 200_000;
/** Events at hand at once: as many fit into the queue, and wait for one another to be sent. */
const BURST = 2000;
const ROUNDS = 7;
const RATE_PER_S = 1000;
const SECONDS = Number(process.argv[2] ?? 3);
const WINDOWS = 5;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const print = (name: string, target: string, actual: string, pass: boolean): void =>
  console.log(`${name.padEnd(48)} target ${target.padEnd(12)} actual ${actual.padEnd(12)} ${pass ? "pass" : "FAIL"}`);

/** A fill as a bot has it at hand. */
const fillOf = (count: number) => ({
  fill_id: count,
  order_id: `o-${count}`,
  venue: "binance",
  symbol: "BTCUSDT",
  side: "buy" as const,
  price: "64123.10",
  size: "0.0150",
  is_maker: true,
  fee: "0.0002",
  fee_currency: "USDT",
  mid: "64120.05",
  arrival_mid: "64119.90",
});

/** Nanoseconds of one `fill` call in bursts that fit into the queue; the hub takes them between the bursts. */
async function callCost(reporter: Reporter): Promise<number> {
  let spent = 0n;
  for (let done = 0; done < CALLS; done += BURST) {
    const fills = Array.from({ length: BURST }, (_, index) => fillOf(done + index));
    const start = process.hrtime.bigint();
    for (const fill of fills) reporter.fill(fill);
    spent += process.hrtime.bigint() - start;
    while (reporter.stats().queued > BURST) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return Number(spent) / CALLS;
}

/** Nanoseconds of making the line of a fill, which is done in the same thread when it is sent. */
function lineCost(): number {
  const options = { now: Date.now, isoOf: createIsoWriter(), nextId: createIds(Date.now()) };
  const draft = createDrafter({ ...options, defaults: { bot: "bench" } });
  let spent = 0n;
  let chars = 0;
  for (let done = 0; done < CALLS; done += BURST) {
    const drafts = Array.from({ length: BURST }, (_, index) => draft("fill", fillOf(done + index)));
    const start = process.hrtime.bigint();
    for (const each of drafts) chars += each.line.length;
    spent += process.hrtime.bigint() - start;
  }
  return chars > 0 ? Number(spent) / CALLS : Number.NaN;
}

/** CPU seconds per second of this process while it runs `work` for `SECONDS`. */
async function cpuShare(work: () => void): Promise<number> {
  const timer = setInterval(work, 1000 / 100);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = process.cpuUsage();
  const start = process.hrtime.bigint();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const used = process.cpuUsage(before);
  const wallUs = Number(process.hrtime.bigint() - start) / 1000;
  clearInterval(timer);
  return (used.user + used.system) / wallUs;
}

/** Ten fills a hundredth of a second, handed to `report`. */
function tenFills(report: (fill: ReturnType<typeof fillOf>) => void): () => void {
  let count = 0;
  return () => {
    for (let n = 0; n < RATE_PER_S / 100; n++) report(fillOf(count++));
  };
}

async function main(): Promise<void> {
  const hub = spawn(process.execPath, [fileURLToPath(new URL("./hub-process.ts", import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(hub.stdout, "data")) as [Buffer];
  const url = line.toString("utf8").trim();
  const reporter = createReporter({ url, bot: "bench", queueMax: 20_000 });

  const calls: number[] = [];
  const lines: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    calls.push(await callCost(reporter));
    lines.push(lineCost());
  }
  const [callUs, lineUs] = [median(calls) / 1000, median(lines) / 1000];
  const both = `${callUs.toFixed(2)} + ${lineUs.toFixed(2)} us`;
  print("one reported fill, the call and its line", "<= 2 us", both, callUs + lineUs <= 2);

  let sink = 0;
  const shares: number[] = [];
  for (let window = 0; window < WINDOWS; window++) {
    const idle = await cpuShare(
      tenFills((fill) => {
        sink += fill.fill_id;
      }),
    );
    shares.push((await cpuShare(tenFills((fill) => reporter.fill(fill)))) - idle);
  }
  const percent = median(shares) * 100;
  print(`${RATE_PER_S} events/s, share of a core`, "< 1 %", `${percent.toFixed(2)} %`, percent < 1);

  const stats = await reporter.close();
  const whole = stats.dropped === 0 && stats.accepted === stats.reported && sink >= 0;
  print("events delivered of those reported", "all", `${stats.accepted}/${stats.reported}`, whole);
  hub.kill();
}

await main();
