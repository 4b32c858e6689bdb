import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { BotOrders, LinkFromBot, LinkToBot } from "../../src/protocol/api-control.ts";
import { waitUntil } from "./wait-until.ts";

type Frame<Op extends LinkToBot["op"]> = Extract<LinkToBot, { op: Op }>;

/** A bot on the link of a hub, as a program that knows only the protocol would be one. */
export class LinkedBot {
  readonly bot: string;
  readonly frames: LinkToBot[] = [];
  readonly socket: WebSocket;
  closed: { readonly code: number; readonly reason: string } | undefined;
  #batch = 0;

  constructor(url: string, bot: string, headers: Readonly<Record<string, string>> = {}) {
    this.bot = bot;
    this.socket = new WebSocket(`${url.replace(/^http/, "ws")}/api/v1/link?bot=${bot}`, { headers });
    this.socket.on("message", (data) => this.frames.push(JSON.parse(String(data)) as LinkToBot));
    this.socket.on("error", () => undefined);
    this.socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    onTestFinished(() => this.socket.terminate());
  }

  /** Open, and told of its orders. */
  static async on(url: string, bot: string, headers: Readonly<Record<string, string>> = {}): Promise<LinkedBot> {
    const linked = new LinkedBot(url, bot, headers);
    await waitUntil(`${bot} has its orders`, () => linked.of("orders").length > 0 || linked.closed !== undefined);
    return linked;
  }

  of<Op extends LinkToBot["op"]>(op: Op): Frame<Op>[] {
    return this.frames.filter((frame): frame is Frame<Op> => frame.op === op);
  }

  /** What it was told last. */
  get orders(): BotOrders | undefined {
    return this.of("orders").at(-1);
  }

  say(frame: LinkFromBot): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** Acknowledges a command, and waits until the hub has that on disk. */
  async acknowledge(commandId: string, error?: string): Promise<void> {
    this.say({ op: "ack", command_id: commandId, ...(error === undefined ? {} : { error }) });
    await waitUntil(`${commandId} is acknowledged`, () =>
      this.of("acked").some(({ command_id }) => command_id === commandId),
    );
  }

  /** Sends events, and waits for what became of them. */
  async send(...events: object[]): Promise<Frame<"result">> {
    const batch = ++this.#batch;
    const ts = new Date().toISOString();
    this.say({ op: "events", batch, events: events.map((event) => ({ bot: this.bot, ts, ...event })) });
    const result = (): Frame<"result"> | undefined => this.of("result").find((frame) => frame.batch === batch);
    await waitUntil("the events are answered", () => result() !== undefined);
    return result() as Frame<"result">;
  }

  /** Obeys every command from now on: acknowledges it, then shows that nothing rests and nothing is held. */
  obey(): void {
    const begun = new Set<string>();
    const take = (frame: LinkToBot): void => {
      if (frame.op === "orders") for (const { command_id: id } of frame.commands) this.#acknowledgeOnce(id, begun);
      if (frame.op === "command") this.#acknowledgeOnce(frame.command_id, begun);
      if (frame.op === "acked") this.#showNothing();
    };
    this.socket.on("message", (data) => take(JSON.parse(String(data)) as LinkToBot));
    for (const frame of [...this.frames]) take(frame);
  }

  #acknowledgeOnce(commandId: string, begun: Set<string>): void {
    if (begun.has(commandId)) return;
    begun.add(commandId);
    this.say({ op: "ack", command_id: commandId });
  }

  #showNothing(): void {
    const said = { bot: this.bot, ts: new Date().toISOString() };
    this.say({
      op: "events",
      batch: ++this.#batch,
      events: [
        { ...said, type: "orders.snapshot", orders: [] },
        { ...said, type: "position.snapshot", positions: [] },
      ],
    });
  }
}
