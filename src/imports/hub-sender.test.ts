import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type Delivered, HubAway, HubRefused, HubSender, type SenderOptions } from "./hub-sender.ts";

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** An HTTP server that answers each request by `reply`; "reset" breaks the connection. */
async function serve(
  reply: (lines: string[], request: IncomingMessage) => Reply | "reset" | Promise<Reply>,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const text = (await Array.fromAsync(request)).join("");
    const answer = await reply(text.split("\n"), request);
    if (answer === "reset") return request.socket.destroy();
    response.writeHead(answer.status, answer.headers);
    return response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const taken = (lines: readonly string[], rejected: unknown[] = []): Reply => ({
  status: 200,
  body: {
    accepted: lines.length - rejected.length,
    sampled: 0,
    duplicates: 0,
    merged: 0,
    contradictions: 0,
    rejected,
    last_seq: 7,
  },
});

function senderTo(url: string, options: Partial<SenderOptions<number>> = {}) {
  const delivered: Delivered<number>[] = [];
  const waits: number[] = [];
  const sender = new HubSender<number>({
    url,
    onDelivered: (one) => delivered.push(one),
    fetch,
    sleep: async (ms) => {
      waits.push(ms);
    },
    random: () => 0.5,
    ...options,
  });
  const accepted = () => delivered.reduce((sum, one) => sum + one.counts.accepted, 0);
  return { sender, delivered, waits, accepted };
}

async function sendAll(sender: HubSender<number>, count: number): Promise<void> {
  for (let ref = 0; ref < count; ref++) await sender.add({ ref, body: `{"n":${ref}}` });
  await sender.end();
}

describe("HubSender", () => {
  test("sends every event once, in batches", async () => {
    const bodies: string[] = [];
    const url = await serve((lines) => {
      bodies.push(...lines);
      return taken(lines);
    });
    const { sender, accepted } = senderTo(url, {});
    await sendAll(sender, 2_345);
    expect(accepted()).toBe(2_345);
    expect(bodies).toEqual(Array.from({ length: 2_345 }, (_, n) => `{"n":${n}}`));
  });

  test("names the event when the hub refuses one of a batch", async () => {
    const why = { code: "invalid_event", path: "price", message: "expected a decimal, found nothing" };
    const url = await serve((lines) => taken(lines, [{ index: 1, ...why }]));
    const { sender, delivered } = senderTo(url);
    await sendAll(sender, 3);
    expect(delivered.flatMap(({ refused }) => refused)).toEqual([{ ref: 1, ...why }]);
  });

  test("sends again, after the time the hub asks for, when the hub is full", async () => {
    let requests = 0;
    const url = await serve((lines) =>
      ++requests === 1 ? { status: 429, body: { detail: "full" }, headers: { "retry-after": "3" } } : taken(lines),
    );
    const { sender, accepted, waits } = senderTo(url);
    await sendAll(sender, 10);
    expect(accepted()).toBe(10);
    expect(waits).toEqual([3_000]);
  });

  test("sends again when the connection breaks or the store is away", async () => {
    let requests = 0;
    const url = await serve((lines) => {
      requests++;
      if (requests === 1) return "reset";
      return requests === 2 ? { status: 503, body: {} } : taken(lines);
    });
    const { sender, accepted } = senderTo(url);
    await sendAll(sender, 10);
    expect(accepted()).toBe(10);
  });

  test("gives up with longer and longer waits when no hub is there", async () => {
    const { sender, waits } = senderTo("http://127.0.0.1:1");
    await expect(sendAll(sender, 1)).rejects.toThrow(HubAway);
    expect(waits).toEqual([187.5, 375, 750, 1_500, 3_000]);
  });

  test("gives up when the store stays away", async () => {
    const url = await serve(() => ({ status: 503, body: { detail: "the disk is full" } }));
    await expect(sendAll(senderTo(url).sender, 1)).rejects.toThrow("the disk is full");
  });

  test("halves a batch when it is too large, and refuses an event that is too large alone", async () => {
    const url = await serve((lines) => (lines.includes('{"n":2}') ? { status: 413, body: {} } : taken(lines)));
    const { sender, delivered, accepted } = senderTo(url);
    await sendAll(sender, 5);
    expect(accepted()).toBe(4);
    expect(delivered.flatMap(({ refused }) => refused)).toMatchObject([{ ref: 2, code: "too_large" }]);
  });

  test("stops at once with the hub's words, and shows no key, when the key is wrong", async () => {
    const url = await serve((_, request) => {
      return { status: 401, body: { detail: `Who are you? ${request.headers.authorization?.slice(0, 6)}` } };
    });
    const { sender, waits } = senderTo(url, { key: "dw_secret" });
    const failure = await sendAll(sender, 1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HubRefused);
    expect(String(failure)).toBe("HubRefused: 401: Who are you? Bearer");
    expect(waits).toEqual([]);
  });

  test("stops when what answers is no hub", async () => {
    const url = await serve(() => ({ status: 200, body: "<html></html>" }));
    await expect(sendAll(senderTo(url).sender, 1)).rejects.toThrow("no answer of a hub");
  });

  test("never has more requests under way than allowed, and uses as many", async () => {
    let underWay = 0;
    let most = 0;
    let made = 0;
    const url = await serve(async (lines) => {
      most = Math.max(most, ++underWay);
      await new Promise((done) => setTimeout(done, 5));
      underWay--;
      return taken(lines);
    });
    const { sender, accepted } = senderTo(url, { inFlight: { max: 3, newStream: () => `stream-${++made}` } });
    await sendAll(sender, 12_000);
    expect(accepted()).toBe(12_000);
    expect(most).toBe(3);
  });
});
