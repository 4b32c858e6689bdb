import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { benchDirectory, MAIN, startHub } from "./processes.ts";
import { type Measure, quantile } from "./report.ts";

const FILES = 20;
const ROWS_BEFORE = 1_000;
const IDLE_S = 10;
const LINES = 300;
const LINES_PER_S = 10;
/** Of `/proc/PID/stat`; 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;

/**
 * A real `deskwatch follow` of 20 files: what it costs while nothing is written, and how long a line takes from its
 * append to the hub's answer, at 10 lines a second over all files. A relay in front of the hub notes the answers.
 */
export async function follow(): Promise<Measure[]> {
  const directory = benchDirectory();
  const hub = await startHub(join(directory.path, "data"));
  const relay = await startRelay(hub.address);
  const bot = join(directory.path, "bot");
  mkdirSync(bot);
  const files = Array.from({ length: FILES }, (_, index) => join(bot, `events-${index}.ndjson`));
  for (const [index, file] of files.entries())
    writeFileSync(file, Array.from({ length: ROWS_BEFORE }, (_, row) => lineOf(`before ${index} ${row}`)).join(""));
  const follower = spawn(process.execPath, [MAIN, "follow", bot, "--url", relay.url], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, XDG_STATE_HOME: join(directory.path, "state") },
  });
  try {
    await relay.answeredCount(FILES * ROWS_BEFORE);
    await delay(10_000);
    const before = cpuS(follower);
    await delay(IDLE_S * 1_000);
    const share = ((cpuS(follower) - before) / IDLE_S) * 100;
    const tookMs = await appendLines(files, relay);
    return [
      { name: `${FILES} files at rest, share of a core`, actual: share, unit: "%", target: { max: 2 } },
      { name: "line to acknowledgement at 10/s, p50", actual: quantile(tookMs, 0.5), unit: "ms" },
      {
        name: "line to acknowledgement at 10/s, p99",
        actual: quantile(tookMs, 0.99),
        unit: "ms",
        target: { max: 250 },
      },
    ];
  } finally {
    const ended = once(follower, "exit");
    follower.kill("SIGTERM");
    await ended;
    relay.close();
    await hub.end("SIGTERM");
    directory.remove();
  }
}

const lineOf = (title: string): string =>
  `${JSON.stringify({ type: "annotation", bot: "bench", ts: new Date().toISOString(), title })}\n`;

async function appendLines(files: readonly string[], relay: Relay): Promise<number[]> {
  const writtenMs = new Map<string, number>();
  const begin = performance.now();
  for (let line = 0; line < LINES; line++) {
    await delay(Math.max(0, begin + (line * 1_000) / LINES_PER_S - performance.now()));
    const title = `line ${line}`;
    writtenMs.set(title, performance.now());
    appendFileSync(files[line % files.length] ?? "", lineOf(title));
  }
  await relay.answeredCount(FILES * ROWS_BEFORE + LINES);
  return [...writtenMs].map(([title, at]) => (relay.answeredMs.get(title) ?? Number.POSITIVE_INFINITY) - at);
}

/** User and system time of a process in seconds. */
function cpuS({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

interface Relay {
  readonly url: string;
  /** When the hub's answer to the event with this title came. */
  readonly answeredMs: ReadonlyMap<string, number>;
  readonly answeredCount: (count: number) => Promise<void>;
  readonly close: () => void;
}

async function startRelay(hub: string): Promise<Relay> {
  const answeredMs = new Map<string, number>();
  const server: Server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString("utf8");
    const type = request.headers["content-type"] ?? "";
    const answer = await fetch(`${hub}${request.url ?? ""}`, {
      method: "POST",
      headers: { "content-type": type },
      body,
    });
    const text = await answer.text();
    for (const [, title = ""] of body.matchAll(/"title":"([^"]+)"/g)) answeredMs.set(title, performance.now());
    response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    answeredMs,
    answeredCount: async (count) => {
      for (let tries = 0; answeredMs.size < count; tries++) {
        if (tries > 6_000) throw new Error(`${answeredMs.size} of ${count} lines were answered`);
        await delay(10);
      }
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
