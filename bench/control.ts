import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { readLocalAccess } from "../src/http/access/local-token.ts";
import type { CommandsAnswer, ControlsAnswer, LinkToBot } from "../src/protocol/api-control.ts";
import { benchDirectory, prepareLoad, startHub } from "./processes.ts";
import { type Measure, quantile } from "./report.ts";

const RATE_PER_S = 2_000;
const BATCH = 20;
const LOAD_S = 15;
const HALTS = 100;
const WARM_UP = 20;
const MANY = 1_000;

/** A halt from its request until its bot knows that its acknowledgement is on disk: by link, by long poll, and of 1,000 bots. */
export async function control(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    const hub = await startHub(directory.path);
    const desk = new Desk(hub.address, await tokenOf(directory.path));
    const load = await prepareLoad({
      url: hub.address,
      seed: 1,
      prefix: "load",
      batchSize: BATCH,
      batches: (RATE_PER_S / BATCH) * LOAD_S,
      connections: 8,
      ratePerS: RATE_PER_S / BATCH,
    });
    await desk.start(["linked", "polled"]);
    const loading = load.go();
    const byLink = await measureLink(desk);
    const byHub = await desk.acknowledgedMs();
    const byPoll = await measurePoll(desk);
    const { stallMs, tookMs } = await loading;
    const many = await measureMany(desk);
    await hub.end("SIGTERM");
    return [
      { name: "halt to acknowledged by link at 2,000 events/s, p50", actual: quantile(byLink, 0.5), unit: "ms" },
      { name: "the same, p99", actual: quantile(byLink, 0.99), unit: "ms", target: { max: 50 } },
      { name: "the same by the hub's clock, to its receipt, p50", actual: quantile(byHub, 0.5), unit: "ms" },
      { name: "halt to acknowledged by long poll at 2,000 events/s, p50", actual: quantile(byPoll, 0.5), unit: "ms" },
      { name: "the same, p99", actual: quantile(byPoll, 0.99), unit: "ms", target: { max: 150 } },
      { name: "1,000 linked bots halted at once", actual: many, unit: "ms", target: { max: 2_000 } },
      { name: "a batch of 20 events at the same time, p50", actual: quantile(tookMs, 0.5), unit: "ms" },
      { name: "stall control: largest lateness of a timer", actual: stallMs, unit: "ms" },
    ];
  } finally {
    directory.remove();
  }
}

/** The hub writes it once it listens. */
async function tokenOf(dataDir: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const local = readLocalAccess(dataDir);
    if (local !== undefined) return local.token;
    await delay(50);
  }
  throw new Error("the hub wrote no local token");
}

class Desk {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, token: string) {
    this.url = url;
    this.#headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  }

  async call<T>(path: string, body?: object): Promise<T> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}${path}`, { headers: this.#headers, ...init });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  start(bots: readonly string[]): Promise<unknown> {
    const ts = new Date().toISOString();
    return this.call(
      "/api/v1/events",
      bots.map((bot) => ({ type: "bot.started", bot, ts, strategy: "bench" })),
    );
  }

  halt(id: string, target: object): Promise<unknown> {
    return this.call("/api/v1/controls", { action: "halt", target, reason: "bench", command_id: id });
  }

  /** What the hub says of every command so far, with every bot. */
  async acknowledgedMs(): Promise<number[]> {
    const { commands } = await this.call<ControlsAnswer>("/api/v1/controls?limit=500");
    const times = commands.flatMap(({ bots }) => bots.map(({ acknowledged_ms: ms }) => ms));
    return times.filter((ms) => ms !== null);
  }

  /** A bot that acknowledges each command at once; resolves when it was told its orders. */
  link(bot: string, onAcked: (id: string) => void): Promise<WebSocket> {
    const socket = new WebSocket(`${this.url.replace("http", "ws")}/api/v1/link?bot=${bot}`);
    return new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", (data) => {
        const frame = JSON.parse(String(data)) as LinkToBot;
        if (frame.op === "command") socket.send(JSON.stringify({ op: "ack", command_id: frame.command_id }));
        if (frame.op === "acked") onAcked(frame.command_id);
        if (frame.op === "orders") resolve(socket);
      });
    });
  }
}

async function measureLink(desk: Desk): Promise<number[]> {
  const waiting = new Map<string, () => void>();
  const socket = await desk.link("linked", (id) => waiting.get(id)?.());
  const took = await measured("link", (id) => {
    const acked = new Promise<void>((resolve) => waiting.set(id, resolve));
    return Promise.all([desk.halt(id, { bot: "linked" }), acked]);
  });
  socket.terminate();
  return took;
}

async function measurePoll(desk: Desk): Promise<number[]> {
  const waiting = new Map<string, () => void>();
  const gone = { yes: false };
  const polling = (async () => {
    let since = "";
    while (!gone.yes) {
      const told = await desk.call<CommandsAnswer>(`/api/v1/commands?bot=polled&wait=2${since}`);
      since = `&since=${told.as_of_seq}`;
      for (const { command_id: id } of told.commands) {
        await desk.call(`/api/v1/commands/${id}/ack`, { bot: "polled" });
        waiting.get(id)?.();
      }
    }
  })();
  const took = await measured("poll", (id) => {
    const acked = new Promise<void>((resolve) => waiting.set(id, resolve));
    return Promise.all([desk.halt(id, { bot: "polled" }), acked]);
  });
  gone.yes = true;
  await polling;
  return took;
}

async function measured(name: string, halted: (id: string) => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let count = -WARM_UP; count < HALTS; count++) {
    const begun = performance.now();
    await halted(`${name}-${count + WARM_UP}`);
    if (count >= 0) took.push(performance.now() - begun);
  }
  return took;
}

async function measureMany(desk: Desk): Promise<number> {
  const bots = Array.from({ length: MANY }, (_, index) => `many-${index}`);
  await desk.start(bots);
  let acked = 0;
  let all = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    all = resolve;
  });
  const sockets = await Promise.all(
    bots.map((bot) =>
      desk.link(bot, () => {
        if (++acked === MANY) all();
      }),
    ),
  );
  const begun = performance.now();
  await Promise.all([desk.halt("many", { strategy: "bench" }), done]);
  const took = performance.now() - begun;
  for (const socket of sockets) socket.terminate();
  return took;
}
