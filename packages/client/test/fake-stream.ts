import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** A frame of the hub. */
export type Frame = Record<string, unknown>;

export interface FakeStream {
  readonly url: string;
  /** Paths asked for, with their query. */
  readonly asked: string[];
  readonly authorization: (string | undefined)[];
  /** What each handshake offered as `Sec-WebSocket-Protocol`. */
  readonly protocols: (string | undefined)[];
  /** What clients said, in order. */
  readonly said: Frame[];
  /** Answers a read; a text is sent as it is. */
  reply: (path: string, query: URLSearchParams) => { readonly status: number; readonly body: unknown };
  /** Called for each subscription. */
  onSubscribe: (frame: Frame, send: (frame: Frame) => void) => void;
  /** Sends a frame to everybody who is connected. */
  readonly send: (frame: Frame) => void;
  /** Cuts every line. */
  readonly cut: () => void;
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** The reading side of a hub, on a real socket. */
export async function startFakeStream(): Promise<FakeStream> {
  const sockets = new WebSocketServer({ noServer: true });
  const open = new Set<WebSocket>();
  const server = createServer((request, response) => {
    const { pathname, searchParams, search } = new URL(request.url ?? "/", "http://hub");
    fake.asked.push(`${pathname}${search}`);
    fake.authorization.push(request.headers.authorization);
    const { status, body } = fake.reply(pathname, searchParams);
    response.writeHead(status);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  server.on("upgrade", (request, socket, head) => {
    fake.protocols.push(request.headers["sec-websocket-protocol"]);
    sockets.handleUpgrade(request, socket, head, (line) => welcome(fake, open, line));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const fake: FakeStream = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    authorization: [],
    protocols: [],
    said: [],
    reply: () => ({ status: 200, body: { as_of: "", as_of_seq: 0 } }),
    onSubscribe: () => undefined,
    send: (frame) => {
      for (const line of open) line.send(JSON.stringify(frame));
    },
    cut: () => {
      for (const line of open) line.terminate();
      open.clear();
    },
    connections: () => open.size,
    stop: async () => {
      fake.cut();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function welcome(fake: FakeStream, open: Set<WebSocket>, line: WebSocket): void {
  const send = (frame: Frame): void => line.send(JSON.stringify(frame));
  open.add(line);
  line.on("close", () => open.delete(line));
  line.on("message", (data) => {
    const frame: Frame = JSON.parse(String(data));
    fake.said.push(frame);
    if (frame["op"] === "subscribe") fake.onSubscribe(frame, send);
  });
  send({ op: "hello", version: "0", as_of_seq: 0 });
}
