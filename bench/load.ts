/**
 * The load generator, a process of its own. Reads `{ url, seed, prefix, batches, batchSize, connections, ratePerS? }`
 * as JSON from its first argument; makes all bodies beforehand, prints `ready`, waits for a line on stdin, sends, and
 * prints one JSON line: when each request was answered and how long it took.
 */
import { Agent, request } from "node:http";
import { Workload } from "./workload.ts";

export interface LoadPlan {
  readonly url: string;
  readonly seed: number;
  readonly prefix: string;
  readonly batches: number;
  readonly batchSize: number;
  readonly connections: number;
  /** Requests a second over all connections; as fast as answered when absent. */
  readonly ratePerS?: number;
}

export interface LoadResult {
  /** Milliseconds from the start at which each request was answered. */
  readonly answeredMs: number[];
  /** Milliseconds each request took, from when it was due. */
  readonly tookMs: number[];
  readonly failed: number;
  readonly accepted: number;
  /** Largest lateness of a timer in this process: what the machine's own stalls are. */
  readonly stallMs: number;
}

const plan = JSON.parse(process.argv[2] ?? "{}") as LoadPlan;
const workload = new Workload(plan.seed, plan.prefix);
const startMs = Date.now();
/** Events a millisecond apart, as a desk tells them: batches in flight side by side are a little out of order. */
const bodies = Array.from({ length: plan.batches }, (_, index) =>
  Buffer.from(workload.batch(plan.batchSize, startMs - (plan.batches - index) * plan.batchSize)),
);
const agent = new Agent({ keepAlive: true, maxSockets: plan.connections });
const result = { answeredMs: [] as number[], tookMs: [] as number[], failed: 0, accepted: 0, stallMs: 0 };

function post(body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${plan.url}/api/v1/events`,
      { method: "POST", agent, headers: { "content-type": "application/x-ndjson", "content-length": body.length } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => {
          if (response.statusCode === 200) result.accepted += (JSON.parse(text) as { accepted: number }).accepted;
          else result.failed++;
          resolve();
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

async function asFastAsAnswered(begin: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const sentAt = performance.now();
      await post(body);
      result.answeredMs.push(performance.now() - begin);
      result.tookMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: plan.connections }, worker));
}

/** Open loop: each request is due at its own time and timed from then, so a slow answer cannot hide the next. */
async function atRate(begin: number, ratePerS: number): Promise<void> {
  const pending: Promise<void>[] = [];
  for (const [index, body] of bodies.entries()) {
    const dueAt = begin + (index * 1000) / ratePerS;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    pending.push(
      post(body).then(() => {
        result.answeredMs.push(performance.now() - begin);
        result.tookMs.push(performance.now() - Math.max(dueAt, begin));
      }),
    );
  }
  await Promise.all(pending);
}

process.stdout.write("ready\n");
process.stdin.once("data", async () => {
  const begin = performance.now();
  let last = begin;
  const control = setInterval(() => {
    const now = performance.now();
    result.stallMs = Math.max(result.stallMs, now - last - 5);
    last = now;
  }, 5);
  await (plan.ratePerS === undefined ? asFastAsAnswered(begin) : atRate(begin, plan.ratePerS));
  clearInterval(control);
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
});
