import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type GuardedHub, startGuardedHub } from "../../../test/support/guarded-hub.ts";
import { makeKey } from "./api-key.ts";
import { chooseProtocol } from "./credentials.ts";
import type { RouteAccess } from "./principal.ts";
import { refuseUpgrade } from "./upgrade.ts";

/** A hub with a WebSocket that tells each visitor who they are. */
async function startStream(needs: RouteAccess): Promise<GuardedHub> {
  const hub = await startGuardedHub({ allowedHosts: ["dashboard"] });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: chooseProtocol });
  hub.app.server.on("upgrade", async (request, socket, head) => {
    const decision = await hub.access.authorizeUpgrade(request, needs);
    if (!decision.ok) return refuseUpgrade(socket, decision.refusal);
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.send(decision.principal.kind);
      peer.close();
    });
  });
  return hub;
}

interface Attempt {
  readonly headers?: Record<string, string>;
  readonly protocols?: string[];
}

/** Who the stream says one is, or the status and body that it refused with. */
async function connect(hub: GuardedHub, { headers = {}, protocols = [] }: Attempt = {}): Promise<unknown> {
  const socket = new WebSocket(hub.url.replace("http", "ws"), protocols, { headers });
  return new Promise((resolve, reject) => {
    socket.on("message", (data) => resolve([String(data), socket.protocol]));
    socket.on("error", reject);
    socket.on("unexpected-response", async (_request, response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      await once(response, "end");
      resolve({ status: response.statusCode, code: JSON.parse(text).code });
    });
  });
}

describe("a WebSocket handshake", () => {
  test("goes on when loopback is trusted", async () => {
    const hub = await startStream("read");
    expect(await connect(hub)).toEqual(["loopback", ""]);
  });

  test("is refused when the Host is unknown", async () => {
    const hub = await startStream("read");
    const answer = await connect(hub, { headers: { host: "evil.example" } });
    expect(answer).toEqual({ status: 421, code: "host_not_allowed" });
  });

  test.each([{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }])(
    "is refused when another site's page makes it: %j",
    async (headers) => {
      const hub = await startStream("read");
      expect(await connect(hub, { headers: { ...headers } })).toEqual({ status: 403, code: "forbidden" });
    },
  );

  test("goes on when the hub's own page makes it", async () => {
    const hub = await startStream("read");
    expect(await connect(hub, { headers: { origin: hub.url } })).toEqual(["loopback", ""]);
  });

  test("is refused when a proxy stands between and nobody says who comes", async () => {
    const hub = await startStream("read");
    const headers = { "x-forwarded-for": "127.0.0.1" };
    expect(await connect(hub, { headers })).toEqual({ status: 401, code: "unauthenticated" });
  });

  test("takes the key from a header, or from a subprotocol that is never sent back", async () => {
    const hub = await startStream("control");
    const { key, row } = makeKey({ name: "k", scopes: ["control"], bot: undefined }, hub.clock);
    await hub.keys.add(row);
    expect(await connect(hub, { headers: { authorization: `Bearer ${key}` } })).toEqual(["key", ""]);
    expect(await connect(hub, { protocols: ["deskwatch", `bearer.${key}`] })).toEqual(["key", "deskwatch"]);
    expect(await connect(hub)).toEqual({ status: 401, code: "unauthenticated" });
  });

  test("is refused when the scope is another one", async () => {
    const hub = await startStream("control");
    const { key, row } = makeKey({ name: "k", scopes: ["read"], bot: undefined }, hub.clock);
    await hub.keys.add(row);
    expect(await connect(hub, { headers: { "x-api-key": key } })).toEqual({ status: 403, code: "forbidden" });
  });
});
