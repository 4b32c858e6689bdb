import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { loadConfig } from "../../src/app/config.ts";
import { startDesk } from "../../src/app/wiring.ts";
import { ensure } from "../../src/base/assert.ts";
import { simulate } from "../../src/bots/simulator/model/simulation.ts";
import { findTool } from "../support/find-tool.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { requireTool } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";
import { DOCUMENT_1, DOCUMENT_3 } from "./document-names.ts";
import { metricsOver, seriesOf, seriesValue } from "./metrics-page.ts";
import { hubOf, type SimulatedDesk, simulatedDesk } from "./simulated-hub.ts";
import { trueValues } from "./simulated-truth.ts";

const MAKER = "mm-majors";
const EVENTS = 4_000;
/** Made by time, which goes on between two readings. */
const GOES_ON: ReadonlySet<string> = new Set(["time_in_market_pct", "deskwatch_trades_per_day"]);

const answer = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A hub with a market maker that was simulated, and its port for metrics. */
async function simulatedHub(): Promise<string> {
  const flags = { port: "0", metricsPort: "0", dataDir: join(scratchDirectory(), "data") };
  const config = loadConfig(flags, { DESKWATCH_LOG_LEVEL: "silent" });
  const desk = await startDesk(ensure(config.ok ? config.value : undefined, "a configuration"));
  onTestFinished(() => desk.close());
  const simulation = simulate({
    seed: 8,
    fromMs: Date.now() - 7_200_000,
    mode: "simulate",
    activity: 0.04,
    bots: [MAKER],
  });
  const lines: { line: string }[] = [];
  while (lines.length < EVENTS) {
    const event = simulation.next(Number.POSITIVE_INFINITY);
    if (event !== undefined) lines.push({ line: JSON.stringify(event) });
  }
  const taken = await desk.hub.ingest.submit(lines);
  if (!taken.ok) throw new Error(taken.error.message);
  return ensure(desk.metricsUrl, "a port for metrics");
}

/** Debian's Prometheus that scrapes the root of a port each second; its own address. */
async function startPrometheus(target: string): Promise<string> {
  const directory = scratchDirectory();
  const file = join(directory, "prometheus.yml");
  const job = { job_name: "deskwatch", metrics_path: "/", static_configs: [{ targets: [new URL(target).host] }] };
  writeFileSync(file, JSON.stringify({ global: { scrape_interval: "1s" }, scrape_configs: [job] }));
  const address = `127.0.0.1:${await freePort()}`;
  const program: ChildProcess = spawn(
    ensure(findTool("prometheus"), "prometheus"),
    [`--config.file=${file}`, `--storage.tsdb.path=${join(directory, "tsdb")}`, `--web.listen-address=${address}`],
    { stdio: "ignore" },
  );
  onTestFinished(async () => {
    program.kill("SIGKILL");
    if (program.exitCode === null && program.signalCode === null) await once(program, "exit");
  });
  return `http://${address}`;
}

async function scraped(prometheus: string): Promise<z.infer<typeof answer>["data"]["result"]> {
  try {
    const query = encodeURIComponent('{job="deskwatch"}');
    const response = await fetch(`${prometheus}/api/v1/query?query=${query}`);
    return response.ok ? answer.parse(await response.json()).data.result : [];
  } catch {
    return [];
  }
}

/** Where the metrics of a hub are that a desk told everything to, at the moment of its last word. */
async function servedHub({ events, endMs }: SimulatedDesk): Promise<string> {
  const bench = await hubOf({ events, endMs });
  const metrics = metricsOver(bench.hub.state, () => bench.now);
  const server = createHttpServer((_, response) => {
    void metrics.text().then((text) => response.setHeader("content-type", metrics.contentType).end(text));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

requireTool("prometheus")("Debian's Prometheus", () => {
  test("has each name of documents 1 and 3 of a simulated desk, with the value that is true of each bot", async () => {
    const { events, endMs } = simulatedDesk();
    const prometheus = await startPrometheus(await servedHub({ events, endMs }));
    let result = await scraped(prometheus);
    await waitUntil("Prometheus has scraped the hub", async () => {
      result = await scraped(prometheus);
      return result.some(({ metric }) => metric["__name__"] === "hbot_bot_fills_total");
    });
    const found = (name: string, bot: string): number[] =>
      result
        .filter(({ metric }) => metric["__name__"] === name && metric["bot"] === bot)
        .map(({ value }) => Number(value[1].replace("+Inf", "Infinity")));
    const seen = new Set<string>();
    for (const [bot, values] of trueValues(events, endMs))
      for (const [name, value] of Object.entries(values)) {
        const series = found(name, bot);
        if (name === "hbot_bot_risk_reasons_info")
          expect({ bot, name, series }).toEqual({ bot, name, series: new Array(value).fill(1) });
        else expect({ bot, name, series }).toEqual({ bot, name, series: [expect.closeTo(value, 5)] });
        if (series.length > 0) seen.add(name);
      }
    expect([...DOCUMENT_1, ...DOCUMENT_3].filter((name) => !seen.has(name))).toEqual([]);
  });

  test("scrapes the root of the port, and has every series of the bot with the value that the hub shows", async () => {
    const target = await simulatedHub();
    const prometheus = await startPrometheus(target);
    let result = await scraped(prometheus);
    await waitUntil("Prometheus has scraped the hub", async () => {
      result = await scraped(prometheus);
      return result.some(({ metric }) => metric["__name__"] === "hbot_bot_fills_total");
    });
    const page = seriesOf(await (await fetch(`${target}/`)).text());
    expect(seriesValue(page, "hbot_bot_fills_total", { bot: MAKER })).toBeGreaterThan(0);
    const ofBot = page.filter(({ name, labels }) => labels["bot"] === MAKER && !GOES_ON.has(name));
    expect(ofBot.length).toBeGreaterThan(40);
    for (const { name, labels, value } of ofBot) {
      const found = result.find(
        ({ metric }) =>
          metric["__name__"] === name && Object.entries(labels).every(([label, text]) => metric[label] === text),
      );
      expect({ name, value: Number(found?.value[1].replace("+Inf", "Infinity")) }).toEqual({ name, value });
    }
  });
});
