import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/** What an API answers. */
export interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** A request that came in, and the body that was read of it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A server of a bot's API with a name and a password, over real sockets; gone when the test ends. */
export interface FakeBotApi {
  readonly url: string;
  /** Every call that was let in, as `METHOD /path`. */
  readonly calls: string[];
  /** Answers nothing any more, or answers again. */
  hangs: boolean;
  /** Instead of what the bot would answer. */
  instead: ((call: Call) => Reply | undefined) | undefined;
  password: string;
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
}

export const USER = "operator";

export async function startFakeBotApi(answer: (call: Call) => Reply): Promise<FakeBotApi> {
  const sockets = new Set<Socket>();
  let port = 0;
  let server: ReturnType<typeof createServer> | undefined;
  const api: FakeBotApi = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    ...{ calls: [], hangs: false, instead: undefined, password: "hb_secret-canary" },
    up: async () => {
      const fresh = createServer((request, response) => void reply(api, answer, { request, response }));
      fresh.on("connection", (socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
      });
      await new Promise<void>((resolve) => fresh.listen(port, "127.0.0.1", resolve));
      port = (fresh.address() as AddressInfo).port;
      server = fresh;
    },
    down: async () => {
      const old = server;
      server = undefined;
      for (const socket of sockets) socket.destroy();
      if (old !== undefined) await new Promise((resolve) => old.close(resolve));
    },
  };
  await api.up();
  onTestFinished(() => api.down());
  return api;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function reply(api: FakeBotApi, answer: (call: Call) => Reply, { request, response }: Exchange): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (api.hangs) return;
  const expected = `Basic ${Buffer.from(`${USER}:${api.password}`).toString("base64")}`;
  response.setHeader("content-type", "application/json");
  if (request.headers.authorization !== expected) {
    response.writeHead(401, { "www-authenticate": "Basic" });
    response.end('{"detail":"Unauthorized"}');
    return;
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  const { pathname } = new URL(request.url ?? "", "http://localhost");
  const call: Call = { method: request.method ?? "", path: pathname, body };
  api.calls.push(`${call.method} ${call.path}`);
  const said = api.instead?.(call) ?? answer(call);
  response.statusCode = said.status ?? 200;
  response.end(JSON.stringify(said.body));
}
