import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Delivery } from "../../src/imports/follow/delivery.ts";
import { FollowCounts } from "../../src/imports/follow/follow-counts.ts";
import { Follower, type FollowerOptions } from "../../src/imports/follow/follower.ts";
import { nowMicros, SignsOfLife } from "../../src/imports/follow/signs-of-life.ts";
import { waitUntil } from "../support/wait-until.ts";

/** The header of an invented `fills.csv`. */
export const FILLS_HEADER = "ts,bot_variant,exchange,trading_pair,side,price,amount_base,order_id,is_maker,fee_quote";
/** One row of it, with its line end. */
export const fillRow = (order: string | number, price = "10.5"): string =>
  `2026-05-04T00:00:00Z,a,kraken,BTC-USDT,buy,${price},0.01,${order},True,0.001\n`;
/** One line of NDJSON, with its end. */
export const noteLine = (title: string): string =>
  `${JSON.stringify({ type: "annotation", bot: "b", ts: "2026-05-04T00:00:00Z", title })}\n`;
interface Sent {
  readonly type: string;
  readonly bot: string;
  readonly id?: string;
  readonly [field: string]: unknown;
}

/** A hub that remembers what it was sent, and may be away. */
export class RememberingHub {
  /** Everything sent, doubles too, heartbeats apart. */
  readonly sent: Sent[] = [];
  readonly heartbeats: Sent[] = [];
  isAway = false;
  requests = 0;

  readonly fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    if (this.isAway) throw new Error("connection refused");
    this.requests++;
    const events = String(init?.body)
      .split("\n")
      .map((line): Sent => JSON.parse(line));
    for (const event of events) (event.type === "heartbeat" ? this.heartbeats : this.sent).push(event);
    const counts = { accepted: events.length, sampled: 0, duplicates: 0, merged: 0, contradictions: 0 };
    return Response.json({ ...counts, rejected: [], last_seq: this.sent.length });
  };

  /** What a store would hold: each id once, in a fixed order. */
  get stored(): string[] {
    return [...new Map(this.sent.map((event) => [`${event.bot} ${event.id}`, JSON.stringify(event)])).values()].sort();
  }
}

/** A directory that is followed, a hub, and a clock that can be moved on. */
export class FollowScene {
  /** Beside the followed directory, so that the state is not followed itself. */
  readonly #base = realpathSync(mkdtempSync(join(tmpdir(), "deskwatch-follow-")));
  readonly root = join(this.#base, "bot");
  readonly statePath = join(this.#base, "state", "position.json");
  readonly hub = new RememberingHub();
  readonly notes: string[] = [];
  readonly away: string[] = [];
  aheadMs = 0;

  constructor() {
    onTestFinished(() => rmSync(this.#base, { recursive: true, force: true }));
  }

  path(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  /** Takes what is there and ends. */
  async once(options: Partial<FollowerOptions> = {}): Promise<void> {
    await this.#follower({ once: true, ...options }, new AbortController().signal).run();
  }

  /** Follows until the test ends or `stop` is called, which resolves when the position is stored. */
  start(options: Partial<FollowerOptions> = {}): { readonly follower: Follower; readonly stop: () => Promise<void> } {
    const stopping = new AbortController();
    const follower = this.#follower(options, stopping.signal);
    const running = follower.run();
    const stop = async () => {
      stopping.abort();
      await running;
    };
    onTestFinished(stop);
    return { follower, stop };
  }

  /** Until that many events have arrived. */
  async arrived(count: number): Promise<void> {
    await waitUntil(`${count} events have arrived`, () => this.hub.sent.length >= count);
  }

  #follower(options: Partial<FollowerOptions>, stop: AbortSignal): Follower {
    const nowMs = () => Date.now() + this.aheadMs;
    const counts = new FollowCounts(nowMicros(nowMs));
    const delivery = new Delivery({
      url: "http://hub.invalid",
      key: undefined,
      fetch: this.hub.fetch,
      random: () => 0,
      stop,
      givesUp: false,
      onDelivered: (delivered) => counts.delivered(delivered),
      onAway: (why) => this.away.push(why),
      onBack: () => this.away.push("back"),
    });
    return new Follower({
      root: this.root,
      isFile: false,
      include: [],
      exclude: [],
      rows: { format: undefined, options: { bot: undefined, mode: undefined } },
      statePath: this.statePath,
      hub: "http://hub.invalid",
      fromEnd: false,
      once: false,
      delivery,
      counts,
      life: new SignsOfLife(nowMicros(nowMs), undefined),
      nowMs,
      stop,
      onNote: (path, note) => this.notes.push(`${path.slice(this.root.length + 1)}: ${note}`),
      ...options,
    });
  }
}
