import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { accept, emailOf, invite, PASSWORD, signIn, tokenOf, Visitor } from "../support/desk-people.ts";
import { cookiesOf } from "../support/guarded-hub.ts";
import { noStarter, type ServedHub, serveHub } from "./served-hub.ts";

interface Scene {
  readonly hub: ServedHub;
  readonly ada: Visitor;
  /** Somebody who is signed in as an operator. */
  readonly member: Visitor;
  readonly memberId: string;
}

/** On a machine that is busy with something else. */
const BUSY_MS = 240_000;

/** The page's stream, a bot's link and the stream of a replay, as somebody opens them from beyond this machine. */
async function openAll({ url }: ServedHub, { cookie }: Visitor, replay: string): Promise<WebSocket[]> {
  const paths = ["/api/v1/stream", "/api/v1/link?bot=alpha", `/api/v1/replays/${replay}/stream`];
  const headers = { cookie, "x-forwarded-for": "203.0.113.5" };
  const sockets = paths.map((path) => new WebSocket(`${url.replace("http", "ws")}${path}`, { headers }));
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  return sockets;
}

const codes = (sockets: readonly WebSocket[]): Promise<number[]> =>
  Promise.all(sockets.map((socket) => once(socket, "close").then(([code]) => Number(code))));

const ends: Record<string, (scene: Scene) => Promise<unknown>> = {
  "an owner ends it": ({ ada, memberId }) => ada.ask("DELETE", `/api/v1/users/${memberId}/sessions`),
  "its person is disabled": ({ ada, memberId }) => ada.ask("PATCH", `/api/v1/users/${memberId}`, { disabled: true }),
  "its person gets another role": ({ ada, memberId }) =>
    ada.ask("PATCH", `/api/v1/users/${memberId}`, { role: "viewer" }),
  "its person is removed": ({ ada, memberId }) => ada.ask("DELETE", `/api/v1/users/${memberId}`),
  "a new password is chosen": async ({ hub, ada, memberId }) =>
    accept(hub, tokenOf(await ada.ask("POST", `/api/v1/users/${memberId}/invitation`)), "another horse battery"),
  "its person signs out": ({ member }) => member.ask("POST", "/api/auth/sign-out", {}),
};

describe("what a session has open", () => {
  test("is closed, streams and links alike, however it ends; and nobody else's is", { timeout: BUSY_MS }, async () => {
    const hub = await serveHub(noStarter);
    const owner = { name: "Ada", email: emailOf("Ada"), password: PASSWORD };
    const ada = new Visitor(hub, cookiesOf(await hub.send({ method: "POST", path: "/api/v1/setup", body: owner })));
    const { replay_id: replay } = (await ada.ask("POST", "/api/v1/replays", {})).json as { replay_id: string };
    const others = await openAll(hub, ada, replay);
    for (const [index, [how, end]] of Object.entries(ends).entries()) {
      const { user, token } = await invite(ada, `Member${index}`, "operator");
      await accept(hub, token);
      const member = await signIn(hub, user.name);
      const closed = codes(await openAll(hub, member, replay));
      await end({ hub, ada, member, memberId: user.id });
      expect(await closed, how).toEqual([1008, 1008, 1008]);
    }
    expect(others.map(({ readyState }) => readyState)).toEqual([1, 1, 1]);
    for (const socket of others) socket.terminate();
  });
});
