import { once } from "node:events";
import { connect } from "node:net";
import fastify from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { ManualClock, MemoryKeyStore, newDataDir, send } from "../../test/support/guarded-hub.ts";
import { changesOf, HandMadeDesk } from "../../test/support/hand-made-desk.ts";
import { createPublisher, type PublisherLimits } from "../hub/publish.ts";
import { makeKey } from "./access/api-key.ts";
import { type AccessOptions, registerAccess } from "./access/register-access.ts";
import { registerProblems } from "./problem.ts";
import { registerStream, type Stream, type StreamOptions } from "./stream.ts";

interface Frame {
  readonly op: string;
  readonly topic?: string;
  readonly data?: unknown;
  readonly seq?: number;
  readonly message?: string;
}

interface SetUp {
  readonly stream?: Partial<StreamOptions>;
  readonly limits?: Partial<PublisherLimits>;
  readonly trustLoopback?: AccessOptions["trustLoopback"];
}

/** A real server with access, the stream, and one public route. */
async function startStream({ stream: streamOptions = {}, limits = {}, trustLoopback }: SetUp = {}) {
  const desk = new HandMadeDesk();
  const schedule = (run: () => void, ms: number): (() => void) => {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  };
  const publisher = createPublisher({
    query: desk.query,
    schedule,
    onError: (error) => expect.fail(String(error)),
    limits,
  });
  const app = fastify();
  onTestFinished(() => app.close());
  registerProblems(app);
  const keys = new MemoryKeyStore();
  const access = await registerAccess(app, {
    keys,
    clock: new ManualClock(),
    dataDir: newDataDir(),
    host: "127.0.0.1",
    ...(trustLoopback === undefined ? {} : { trustLoopback }),
  });
  app.get("/public", { config: { access: "public" } }, async () => ({}));
  const onRevoked = new Set<(prefix: string) => void>();
  const stream: Stream = registerStream(app, {
    publisher,
    access: {
      ...access,
      onKeyRevoked: (listener) => {
        onRevoked.add(listener);
        return () => onRevoked.delete(listener);
      },
    },
    version: "0.1.0",
    asOfSeq: () => desk.query.asOf().as_of_seq,
    ...streamOptions,
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const revoke = (prefix: string): void => {
    for (const listener of onRevoked) listener(prefix);
  };
  return { app, keys, revoke, url, desk, publisher, stream, wsUrl: `${url.replace("http", "ws")}/api/v1/stream` };
}

/** A WebSocket whose frames are waited for one by one. */
class Client {
  readonly socket: WebSocket;
  readonly #frames: Frame[] = [];
  #wake: (() => void) | undefined;

  constructor(
    url: string,
    options: { protocols?: string[]; headers?: Record<string, string>; autoPong?: boolean } = {},
  ) {
    const { protocols = [], ...rest } = options;
    this.socket = new WebSocket(url, protocols, rest);
    this.socket.on("message", (data) => {
      this.#frames.push(JSON.parse(String(data)));
      this.#wake?.();
    });
    // A handshake that is refused, or cut when the test ends, is an error of `ws`; tests look at what it led to.
    this.socket.on("error", () => undefined);
    onTestFinished(() => this.socket.terminate());
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  async next(op?: string): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined && (op === undefined || frame.op === op)) return frame;
      if (frame === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async closed(): Promise<{ code: number; reason: string }> {
    const [code, reason] = await once(this.socket, "close");
    return { code, reason: String(reason) };
  }

  /** Status and problem of a refused handshake. */
  async refusal(): Promise<{ status: number | undefined; body: { code: string } }> {
    const [, response] = await once(this.socket, "unexpected-response");
    let text = "";
    for await (const chunk of response) text += chunk;
    return { status: response.statusCode, body: JSON.parse(text) };
  }
}

describe("the stream", () => {
  test("says hello, shows snapshots and then every change when a client subscribes", async () => {
    const { wsUrl, desk, publisher } = await startStream();
    publisher.publish(changesOf({ facts: [desk.fill("f1")] }));
    const client = new Client(wsUrl);
    expect(await client.next()).toEqual({ op: "hello", version: "0.1.0", as_of_seq: 1 });
    client.send({ op: "subscribe", topics: ["fills", "health"] });
    const snapshots = [await client.next("snapshot"), await client.next("snapshot")];
    expect(snapshots.map(({ topic }) => topic).toSorted()).toEqual(["fills", "health"]);
    publisher.publish(changesOf({ facts: [desk.fill("f2"), desk.fill("f3")], health: true }));
    expect(await client.next("fact")).toMatchObject({ topic: "fills", seq: 2, data: { fill_id: "f2" } });
    expect(await client.next("fact")).toMatchObject({ topic: "fills", seq: 3, data: { fill_id: "f3" } });
  });

  test("goes on after since when a client comes back, and stops when it unsubscribes", async () => {
    const { wsUrl, desk, publisher } = await startStream();
    publisher.publish(changesOf({ facts: [desk.fill("f1"), desk.fill("f2")] }));
    const client = new Client(wsUrl);
    await client.next("hello");
    client.send({ op: "subscribe", topics: ["events"], since: 1 });
    expect(await client.next()).toMatchObject({ op: "fact", topic: "events", seq: 2 });
    client.send({ op: "unsubscribe", topics: ["events"] });
    client.send({ op: "subscribe", topics: ["exposure"] });
    await client.next("snapshot");
    publisher.publish(changesOf({ facts: [desk.fill("f3")], exposure: true }));
    expect(await client.next()).toMatchObject({ op: "delta", topic: "exposure" });
  });

  test("tells of a malformed frame and closes after several when a client talks nonsense", async () => {
    const { wsUrl, stream } = await startStream();
    const client = new Client(wsUrl);
    await client.next("hello");
    const gone = client.closed();
    for (const nonsense of ["{", '"x"', '{"op":"subscribe"}', '{"op":"subscribe","topics":["nope"]}', '{"op":"x"}']) {
      client.send(nonsense);
      expect((await client.next()).op).toBe("error");
    }
    expect(await gone).toEqual({ code: 1008, reason: "too many malformed frames" });
    await expect.poll(() => stream.connections()).toBe(0);
  });

  test("names the topics that there are, and serves the known ones, when one of several is unknown", async () => {
    const { wsUrl } = await startStream();
    const client = new Client(wsUrl);
    await client.next("hello");
    client.send({ op: "subscribe", topics: ["prices", "health"] });
    expect((await client.next("error")).message).toContain("known: bots");
    expect(await client.next("snapshot")).toMatchObject({ topic: "health" });
  });

  test("closes the connection when a frame is larger than any client frame can be", async () => {
    const { wsUrl } = await startStream();
    const client = new Client(wsUrl);
    await client.next("hello");
    const gone = client.closed();
    client.send("x".repeat(20_000));
    expect((await gone).code).toBe(1009);
  });

  test("closes the connection when a client sends frames without end", async () => {
    const { wsUrl } = await startStream();
    const client = new Client(wsUrl);
    await client.next("hello");
    const gone = client.closed();
    for (let index = 0; index < 300; index++) client.send({ op: "pong" });
    expect(await gone).toEqual({ code: 1008, reason: "too many frames" });
  });
});

describe("a connection that is not there any more", () => {
  test("is cut after two pings without an answer, and one that answers is kept", async () => {
    const { wsUrl, stream } = await startStream({ stream: { pingMs: 30 } });
    const silent = new Client(wsUrl, { autoPong: false });
    const alive = new Client(wsUrl);
    await Promise.all([silent.next("hello"), alive.next("hello")]);
    await silent.closed();
    expect(await alive.next("ping")).toEqual({ op: "ping" });
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    await expect.poll(() => stream.connections()).toBe(1);
  });

  test("is closed, and delays nobody, when it never reads", async () => {
    const { url, desk, publisher, stream } = await startStream({ limits: { stallMs: 200, bufferedBytes: 64 * 1024 } });
    const { hostname, port } = new URL(url);
    const stuck = connect(Number(port), hostname);
    onTestFinished(() => void stuck.destroy());
    stuck.on("error", () => undefined);
    stuck.write(`${HANDSHAKE}\r\n`);
    await once(stuck, "data");
    stuck.pause();
    stuck.write(maskedFrame(JSON.stringify({ op: "subscribe", topics: ["events"] })));
    const well = new Client(url.replace("http", "ws") + "/api/v1/stream");
    await well.next("hello");
    well.send({ op: "subscribe", topics: ["events"] });
    await well.next("snapshot");
    await expect.poll(() => publisher.subscribers()).toBe(2);
    for (let index = 0; index < 300; index++) {
      publisher.publish(
        changesOf({ facts: [desk.say({ type: "annotation", title: "t", more: "x".repeat(100_000) })] }),
      );
      expect((await well.next("fact")).seq).toBe(index + 1);
    }
    await expect.poll(() => publisher.givenUp(), { timeout: 10_000 }).toBe(1);
    await expect.poll(() => stream.connections(), { timeout: 10_000 }).toBe(1);
  });
});

describe("the handshake", () => {
  test("is refused with a problem when a browser page of another site asks", async () => {
    const { wsUrl } = await startStream();
    const client = new Client(wsUrl, { headers: { origin: "https://evil.example" } });
    expect(await client.refusal()).toMatchObject({ status: 403, body: { code: "forbidden" } });
  });

  test("is refused with a problem when there is no key and loopback is not trusted", async () => {
    const { wsUrl } = await startStream({ trustLoopback: [] });
    expect(await new Client(wsUrl).refusal()).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    const wrong = new Client(wsUrl, { protocols: ["deskwatch", "bearer.dw_wrong"] });
    expect(await wrong.refusal()).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  });

  test("lets a key in by subprotocol, without saying it back, and closes its streams when it is revoked", async () => {
    const { wsUrl, keys, revoke } = await startStream({ trustLoopback: [] });
    const { key, row } = makeKey({ name: "page", scopes: ["read"], bot: undefined }, new ManualClock());
    await keys.add(row);
    const client = new Client(wsUrl, { protocols: ["deskwatch", `bearer.${key}`] });
    await client.next("hello");
    expect(client.socket.protocol).toBe("deskwatch");
    const gone = client.closed();
    revoke(row.prefix);
    expect(await gone).toEqual({ code: 1008, reason: "the key was revoked" });
  });

  test("closes a person's streams when they sign out, and nobody else's", async () => {
    const { app, wsUrl, url } = await startStream();
    const owner = { name: "Ada", email: "ada@desk.example", password: "a long enough password" };
    const post = (path: string, headers: Record<string, string>, body: object) =>
      app.inject({ method: "POST", url: path, headers: { host: new URL(url).host, ...headers }, payload: body });
    const cookie = String((await post("/api/v1/setup", {}, owner)).headers["set-cookie"]).split(";")[0] ?? "";
    const theirs = new Client(wsUrl, { headers: { cookie } });
    const anothers = new Client(wsUrl);
    await Promise.all([theirs.next("hello"), anothers.next("hello")]);
    const gone = theirs.closed();
    expect((await post("/api/auth/sign-out", { cookie, origin: url }, {})).statusCode).toBe(200);
    expect(await gone).toEqual({ code: 1008, reason: "signed out" });
    expect(anothers.socket.readyState).toBe(WebSocket.OPEN);
  });

  test("is refused with a problem when too many streams are open", async () => {
    const { wsUrl } = await startStream({ stream: { connectionsMax: 1 } });
    const first = new Client(wsUrl);
    await first.next("hello");
    expect(await new Client(wsUrl).refusal()).toMatchObject({ status: 429, body: { code: "overloaded" } });
  });

  test("answers as an ordinary request when the path is another or no WebSocket is asked for", async () => {
    const { wsUrl, url } = await startStream();
    const elsewhere = new Client(`${wsUrl}/elsewhere`);
    expect(await elsewhere.refusal()).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect((await fetch(`${url}/api/v1/stream`)).status).toBe(400);
    const h2c = await send(url, {
      path: "/public",
      headers: { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c" },
    });
    expect(h2c.status).toBe(200);
  });

  test("ends every stream when the hub stops", async () => {
    const { app, wsUrl } = await startStream();
    const client = new Client(wsUrl);
    await client.next("hello");
    const gone = client.closed();
    await app.close();
    expect((await gone).code).toBe(1001);
  });
});

const HANDSHAKE = [
  "GET /api/v1/stream HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
].join("\r\n");

/** A client's text frame of less than 126 bytes, masked with zeros as the protocol allows. */
const maskedFrame = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
