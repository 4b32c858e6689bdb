import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { MarketTeller } from "../src/bots/markets/market-teller.ts";
import { startWatching } from "../src/bots/watch/watch-desk.ts";
import { FeedReport } from "../src/venues/core/feed.ts";
import { Secret } from "../src/venues/core/secret.ts";
import { fetchHttpPort } from "../src/venues/io/fetch-http.ts";
import { machineClock, machineTimers } from "../src/venues/io/machine.ts";
import { wsSocketPort } from "../src/venues/io/ws-socket.ts";
import { kalshi } from "../src/venues/kalshi/kalshi.ts";
import { benchDirectory, startHub } from "./processes.ts";
import type { Venue } from "./venue-process.ts";
import { type Measure, quantile } from "./report.ts";

const MARKETS = 500;
const UPDATES_PER_MARKET = 20;
const MEASURED_MS = 10_000;
const WARM_MS = 5_000;
/** Venue, connector, hub and reader share the machine: with all of the markets two cores would measure each other. */
const MARKETS_AT_HUB = 100;
const PROBES = 100;
const SEEN_WITHIN_MS = 2_000;

const machine = () => {
  const clock = machineClock();
  const http = fetchHttpPort(globalThis.fetch);
  return { clock, timers: machineTimers, random: Math.random, socket: wsSocketPort(clock), http };
};

const secretsOf = ({ keyId, privateKey }: Venue) => ({
  keyId: new Secret(keyId),
  privateKey: new Secret(privateKey),
});

/** Busy markets of one venue in this process: what they cost from socket to sample, and how late a hub's stream has them. */
export async function venues(): Promise<Measure[]> {
  return [...(await withVenue(MARKETS, toSamples)), ...(await withVenue(MARKETS_AT_HUB, toHub))];
}

async function withVenue(
  markets: number,
  work: (venue: Venue, child: ChildProcess) => Promise<Measure[]>,
): Promise<Measure[]> {
  const child = fork(new URL("./venue-process.ts", import.meta.url), [String(markets)]);
  try {
    const [venue] = (await once(child, "message")) as [Venue];
    return await work(venue, child);
  } finally {
    child.disconnect();
    await once(child, "exit");
  }
}

async function toSamples(venue: Venue, child: ChildProcess): Promise<Measure[]> {
  const ports = machine();
  let samples = 0;
  const teller = new MarketTeller({
    now: ports.clock.now,
    timers: ports.timers,
    levels: 25,
    everyMs: 250,
    report: () => samples++,
  });
  const feed = new FeedReport({ venue: "kalshi", clock: ports.clock, sink: teller });
  const context = { ...ports, venue: "kalshi", sink: teller, feed };
  const made = kalshi.connect({
    venue: "kalshi",
    markets: venue.tickers,
    settings: { ...venue.settings, read_tokens_per_second: "100000" },
    secrets: secretsOf(venue),
    context,
  });
  if (!made.ok) throw new Error(made.error);
  teller.start();
  made.value.start();
  child.send({ perSecond: MARKETS * UPDATES_PER_MARKET });
  await delay(WARM_MS);
  const before = { cpu: process.cpuUsage(), frames: feed.counts.messages, samples, at: performance.now() };
  await delay(MEASURED_MS);
  const used = process.cpuUsage(before.cpu);
  const seconds = (performance.now() - before.at) / 1_000;
  const frames = feed.counts.messages - before.frames;
  made.value.stop();
  teller.stop();
  return [
    {
      name: `${MARKETS} markets, socket to sample`,
      actual: (used.user + used.system) / 10_000 / seconds,
      unit: "% of a core",
      target: { max: 25 },
      note: `${Math.round(frames / seconds)} frames/s, ${Math.round((samples - before.samples) / seconds)} samples/s`,
    },
    {
      name: "frames a second that came",
      actual: frames / seconds,
      unit: "/s",
      target: { min: MARKETS * UPDATES_PER_MARKET * 0.98 },
    },
    { name: "gaps", actual: feed.counts.gaps, unit: "", target: { max: 0 } },
  ];
}

/** The same, told to a hub; and how long a change of a quiet market takes to one who reads the hub's stream. */
async function toHub(venue: Venue, child: ChildProcess): Promise<Measure[]> {
  const directory = benchDirectory();
  const hub = await startHub(directory.path);
  const seen = new Map<string, number>();
  const stream = await streamOf(hub.address, `books:kalshi:${venue.quiet}`, seen);
  const desk = startWatching({
    venues: [
      {
        kind: kalshi,
        name: "kalshi",
        markets: [...venue.tickers, venue.quiet],
        settings: { ...venue.settings, read_tokens_per_second: "100000" },
        secrets: secretsOf(venue),
      },
    ],
    reporter: { url: hub.address, bot: "watch" },
    machine: machine(),
    levels: 25,
    everyMs: 100,
    onEvent: () => undefined,
  });
  if (!desk.ok) throw new Error(desk.error);
  try {
    child.send({ perSecond: venue.tickers.length * UPDATES_PER_MARKET });
    await delay(WARM_MS);
    const before = { cpu: process.cpuUsage(), at: performance.now() };
    const tookMs: number[] = [];
    for (let probe = 1; probe <= PROBES; probe++) {
      const sentAt = performance.now();
      child.send({ probe: probe * 100 });
      tookMs.push(await untilSeen(seen, String(probe), sentAt));
      await delay(300 + (probe % 7) * 7);
    }
    const used = process.cpuUsage(before.cpu);
    const seconds = (performance.now() - before.at) / 1_000;
    const inTime = tookMs.filter((took) => took >= 0);
    const { books, frames } = desk.value.counts();
    return [
      {
        name: `${MARKETS_AT_HUB} markets, told to a hub`,
        actual: (used.user + used.system) / 10_000 / seconds,
        unit: "% of a core",
        note: `${frames} frames, ${books} books`,
      },
      { name: "change at the venue to the hub's stream, p50", actual: quantile(inTime, 0.5), unit: "ms" },
      {
        name: "change at the venue to the hub's stream, p99",
        actual: quantile(inTime, 0.99),
        unit: "ms",
        target: { max: 150 },
      },
      {
        name: `changes not seen within ${SEEN_WITHIN_MS / 1_000} s`,
        actual: tookMs.length - inTime.length,
        unit: "",
        target: { max: 0 },
      },
    ];
  } finally {
    await desk.value.stop();
    stream.close();
    await hub.end("SIGTERM");
    directory.remove();
  }
}

/** Notes when each size of the probed level was first seen in the stream of a hub. */
async function streamOf(address: string, topic: string, seen: Map<string, number>): Promise<WebSocket> {
  const socket = new WebSocket(`${address.replace("http", "ws")}/api/v1/stream`);
  socket.on("message", (text) => {
    const { data } = JSON.parse(text.toString()) as {
      readonly data?: { readonly bids?: readonly [string, string][] } | null;
    };
    const size = data?.bids?.find(([price]) => price === "0.488")?.[1];
    if (size !== undefined && !seen.has(size)) seen.set(size, performance.now());
  });
  await once(socket, "open");
  socket.send(JSON.stringify({ op: "subscribe", topics: [topic] }));
  return socket;
}

/** Milliseconds until a size was seen; −1 when it is not in time. */
async function untilSeen(seen: ReadonlyMap<string, number>, size: string, sentAt: number): Promise<number> {
  for (const until = sentAt + SEEN_WITHIN_MS; performance.now() < until; await delay(1)) {
    const at = seen.get(size);
    if (at !== undefined) return at - sentAt;
  }
  return -1;
}
