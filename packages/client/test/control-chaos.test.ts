import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { waitUntil } from "../../../test/support/wait-until.ts";
import { controlling, restingOrder } from "./controlling.ts";

const bot = controlling();

const isLink = (request: IncomingMessage): boolean => request.url?.includes("/link") === true;
const answerOf = (status: string, ...headers: string[]): string =>
  [`HTTP/1.1 ${status}`, ...headers, "content-length: 2", "", "{}"].join("\r\n");

/** What the hub does with the first connections of the link, by what it sends and whether it ends there. */
const BEGINNINGS: Readonly<Record<string, { readonly says?: string; readonly ends: boolean }>> = {
  "resets it": { ends: true },
  "answers 503 and is sorry": { says: answerOf("503 Service Unavailable", "retry-after: 0"), ends: false },
  "answers 429": { says: answerOf("429 Too Many Requests", "retry-after: 0"), ends: false },
  "refuses the key": { says: answerOf("401 Unauthorized"), ends: false },
  "is no hub": {
    says: "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: x\r\n\r\n",
    ends: false,
  },
  "talks something else": { says: "SSH-2.0-OpenSSH_9\r\n\r\n", ends: false },
  "ends within its answer": { says: "HTTP/1.1 101 Switching", ends: true },
  "sends headers without end": { says: `HTTP/1.1 200 OK\r\nx: ${"y".repeat(80_000)}`, ends: false },
};

describe("a bot that is told to halt", () => {
  /** A halt that comes when the trouble is over is heard and done once. */
  const endsHalted = async (run: (control: ReturnType<typeof bot.controlFor>) => Promise<void>) => {
    const ran: string[] = [];
    const control = bot.controlFor({
      openOrders: () => [],
      timeoutMs: 500,
      onCommand: ({ action, command_id }) => {
        ran.push(`${action} ${command_id}`);
      },
    });
    await run(control);
    const { command_id } = bot.hub.issue("halt");
    await waitUntil("it is halted", () => control.state === "halted");
    await waitUntil("that is acknowledged", () => bot.hub.acks.some((ack) => ack.command_id === command_id));
    await waitUntil("and proven", () => bot.told("orders.snapshot").length > 0);
    expect(ran).toEqual([`halt ${command_id}`]);
  };

  test.each(Object.entries(BEGINNINGS))(
    "is halted all the same when the hub first %s",
    async (_what, { says, ends }) => {
      let troubles = 0;
      bot.hub.intercept = (request: IncomingMessage, socket: Socket) => {
        if (!isLink(request) || troubles++ >= 2) return false;
        if (says !== undefined) socket.write(says);
        if (ends) socket.destroy();
        return true;
      };
      await endsHalted(async (control) => {
        expect(await control.ready({ timeoutMs: 30_000 })).toBe(true);
        await waitUntil("it is connected as it should be", () => troubles >= 2 && control.status().by === "link");
      });
    },
  );

  test("is halted all the same when the hub first takes the connection and says nothing", async () => {
    let troubles = 0;
    bot.hub.intercept = (request) => isLink(request) && troubles++ < 1;
    await endsHalted(async (control) => {
      expect(await control.ready({ timeoutMs: 30_000 })).toBe(true);
    });
  });

  const text = (payload: string): Buffer => Buffer.concat([Buffer.from([0x81, payload.length]), Buffer.from(payload)]);
  const FRAMES: Readonly<Record<string, Buffer>> = {
    "half a frame before the line is cut": Buffer.from([0x81, 0x20, 0x7b]),
    "a text that is no JSON": text("{"),
    "JSON that is no object": text("[1]"),
    "orders with an unknown state": text('{"op":"orders","state":"mad","commands":[]}'),
    "a command without its id": text('{"op":"command","action":"halt","state":"halted","target":{"all":true}}'),
    "a command for nobody": text('{"op":"command","command_id":"x","action":"halt","state":"halted","target":{}}'),
    "a masked frame": Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5]),
    "a compressed frame": Buffer.from([0xc1, 0x01, 0x00]),
    "a binary frame": Buffer.from([0x82, 0x01, 0x00]),
    "an end without a beginning": Buffer.from([0x80, 0x01, 0x41]),
    "a frame that would fill the memory": Buffer.from([0x81, 0x7f, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff]),
    "a long ping": Buffer.from([0x89, 0x7e, 0, 126]),
    "an unknown frame": Buffer.from([0x8f, 0x00]),
    "a goodbye": Buffer.from([0x88, 0x02, 0x03, 0xe8]),
  };

  test.each(Object.entries(FRAMES))("is halted all the same after %s", async (_what, bytes) => {
    await endsHalted(async (control) => {
      await control.ready();
      const asked = bot.hub.asked.length;
      bot.hub.raw(bytes);
      if (bytes.length === 3 && bytes[2] === 0x7b) bot.hub.cut();
      await waitUntil("it has connected again", () => bot.hub.asked.length > asked && control.status().by === "link");
      expect(control.allowed({})).toBe(true);
    });
  });

  test("takes no notice of what a newer hub may say besides", async () => {
    let asked = 0;
    await endsHalted(async (control) => {
      await control.ready();
      asked = bot.hub.asked.length;
      bot.hub.send({ op: "news", text: "x" });
      bot.hub.send({ op: "acked", command_id: "never heard of" });
      bot.hub.send({ op: "ping" });
    });
    // Still the same connection.
    expect(bot.hub.asked.length).toBe(asked);
  });

  test("is controlled by long poll where no link gets through", async () => {
    bot.hub.intercept = (request: IncomingMessage, socket: Socket) => {
      if (isLink(request)) socket.end(answerOf("426 Upgrade Required", "connection: close"));
      return isLink(request);
    };
    await endsHalted(async (control) => {
      expect(await control.ready({ timeoutMs: 30_000 })).toBe(true);
      expect(control.status().by).toBe("poll");
    });
    expect(bot.hub.acks.map(({ by }) => by)).toEqual(["poll"]);
    expect(bot.hub.asked).toContain("/api/v1/commands?bot=b-1&wait=30&since=1");
  });

  test("names its strategy by link and by long poll, so that it is held for it from the first answer on", async () => {
    bot.hub.intercept = (request: IncomingMessage, socket: Socket) => {
      if (isLink(request)) socket.end(answerOf("426 Upgrade Required", "connection: close"));
      return isLink(request);
    };
    const control = bot.controlFor({ strategy: "making & more" });
    expect(await control.ready({ timeoutMs: 30_000 })).toBe(true);
    expect(bot.hub.asked.slice(0, 2)).toEqual([
      "/api/v1/link?bot=b-1&strategy=making+%26+more",
      "/api/v1/commands?bot=b-1&strategy=making+%26+more&wait=0",
    ]);
  });

  test("is told again by long poll when its acknowledgement is lost, and does nothing twice", async () => {
    bot.hub.intercept = (request: IncomingMessage, socket: Socket) => {
      if (isLink(request)) socket.end(answerOf("404 Not Found", "connection: close"));
      return isLink(request);
    };
    bot.hub.loseAcks = true;
    const ran: string[] = [];
    const control = bot.controlFor({
      openOrders: () => [restingOrder("o-1")],
      onCommand: ({ command_id }) => {
        ran.push(command_id);
      },
    });
    await control.ready({ timeoutMs: 30_000 });
    bot.hub.forgetful = true;
    bot.hub.issue("pause");
    await waitUntil("it was acknowledged three times", () => bot.hub.acks.length >= 3);
    bot.hub.loseAcks = false;
    bot.hub.forgetful = false;
    await waitUntil("the hub has it", () => control.status().pending === 0);
    expect(ran).toEqual(["c-1"]);
  });
});

/** What may befall a bot and its hub. */
const STORM: Readonly<Record<string, () => void>> = {
  cut: () => bot.hub.cut(),
  repeat: () => bot.hub.send({ op: "orders", ...bot.hub.orders() }),
  garbage: () => bot.hub.send("no JSON"),
  lose: () => {
    bot.hub.loseAcks = true;
  },
  keep: () => {
    bot.hub.loseAcks = false;
  },
};
const ACTIONS = ["halt", "pause", "resume", "flatten"] as const;

test("does each command once, in any storm of cuts, repeats and losses", async () => {
  const act = fc.constantFrom(...ACTIONS, ...Object.keys(STORM));
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
      const ran: string[] = [];
      const control = bot.controlFor({
        onCommand: ({ command_id }) => {
          ran.push(command_id);
        },
      });
      await control.ready({ timeoutMs: 30_000 });
      const issued = acts.flatMap((one) => {
        const action = ACTIONS.find((name) => name === one);
        STORM[one]?.();
        return action === undefined ? [] : [bot.hub.issue(action)];
      });
      bot.hub.loseAcks = false;
      bot.hub.cut();
      await waitUntil("all of them are done", () => bot.hub.orders().commands.length === 0);
      await waitUntil("the bot knows", () => control.status().pending === 0 && control.status().by === "link");
      control.close();
      const must = issued.filter(({ action }) => action !== "resume").map(({ command_id }) => command_id);
      const may = issued.map(({ command_id }) => command_id);
      // A resume that a halt overtook while it waited is acknowledged only.
      expect(new Set(ran).size).toBe(ran.length);
      expect(must.filter((id) => !ran.includes(id))).toEqual([]);
      expect(ran.filter((id) => !may.includes(id))).toEqual([]);
      expect(control.state).toBe(bot.hub.orders().state);
    }),
    { numRuns: 25 },
  );
}, 60_000);
