import { isoFromMicros, micros } from "../../src/base/time.ts";
import { emptyState } from "../../src/engine/fold.ts";
import { catalogueEntries, readMetricNamed } from "../../src/engine/read-metrics.ts";
import type { Changes } from "../../src/hub/changes.ts";
import type { EventFilter, EventPage } from "../../src/hub/ports.ts";
import type { AsOf, Listing, Query } from "../../src/hub/query.ts";
import type { BotView, EdgeView, ExposureAnswer, FillView, HealthAnswer, RejectedRow } from "../../src/protocol/api.ts";
import type { ControlsAnswer } from "../../src/protocol/api-control.ts";
import type { PerformanceRow } from "../../src/protocol/api-money.ts";
import type { ImportView, SessionView } from "../../src/protocol/api-sessions.ts";
import type { OpportunityView, OrderbookView, OrderView, PositionsAnswer } from "../../src/protocol/api-trading.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";
import { type LoggedFact, type Standing, wireEvent } from "../../src/protocol/recorded.ts";
import { fillView, isFillEvent, mergedFillView } from "../../src/view/fill-view.ts";

const START = micros(Date.UTC(2026, 1, 24, 12) * 1000);

interface Said {
  readonly standing?: Standing;
  readonly ofSeq?: number;
  /** Steps between two `seq`, as PostgreSQL leaves gaps. */
  readonly skip?: number;
}

/** What is made of stored facts: a desk made by hand has none. */
const noLog = () => Promise.reject(new Error("a desk made by hand has no log"));
const READS_OF_THE_LOG = {
  partPerformance: noLog,
  statistics: noLog,
  attribution: noLog,
  diagnosis: noLog,
  compare: noLog,
  markouts: noLog,
  execution: noLog,
  assets: noLog,
};

/**
 * A desk that a test fills by hand: keeps what it is told in plain lists and answers `Query` from them. It shows a bot,
 * an edge, exposure and health so that every read has a body.
 */
export class HandMadeDesk {
  readonly facts: LoggedFact[] = [];
  readonly bots = new Map<string, BotView>();
  readonly refused: RejectedRow[] = [];
  edges: EdgeView[] = [];
  orders: OrderView[] = [];
  opportunities: OpportunityView[] = [];
  positions: PositionsAnswer["positions"] = [];
  /** What `performance` answers of each bot; its total stays zero. */
  made: PerformanceRow[] = [];
  books: OrderbookView[] = [];
  sessions: SessionView[] = [];
  imports: ImportView[] = [];
  /** What `query` answers with instead while it is set. */
  failure: Error | undefined;
  /** How many `seq` the fold is behind the store. */
  foldBehind = 0;
  /** Answers of the store wait while this is set. */
  hold: Promise<void> | undefined;
  /** Calls of each part of the query. */
  readonly asked = {
    bots: 0,
    bot: 0,
    edges: 0,
    exposure: 0,
    controls: 0,
    health: 0,
    fills: 0,
    events: 0,
    rejected: 0,
    orders: 0,
    opportunities: 0,
    positions: 0,
    performance: 0,
    books: 0,
    sessions: 0,
    imports: 0,
  };
  #seq = 0;

  /** Records a fact without publishing it. */
  say(body: Record<string, unknown>, { standing = "fact", ofSeq, skip = 1 }: Said = {}): LoggedFact {
    this.#seq += skip;
    const at = micros(START + this.#seq * 1_000_000);
    const parsed = parseEvent({ bot: "mm-1", ts: isoFromMicros(at), ...body }, "hub");
    if (!parsed.ok) throw new Error(parsed.error.message);
    const receivedAt = micros(at + 1_500);
    const recorded = {
      seq: this.#seq,
      ts: at,
      receivedAt,
      standing,
      ofSeq,
      event: parsed.value,
      body: JSON.stringify(parsed.value),
    };
    this.facts.push(recorded);
    return recorded;
  }

  fill(name: string, more: Record<string, unknown> = {}): LoggedFact {
    return this.say({ type: "fill", fill_id: name, ...ORDER, ...more });
  }

  bot(name: string): BotView {
    const view = { ...BOT, bot: name, facts: (this.bots.get(name)?.facts ?? 0) + 1 };
    this.bots.set(name, view);
    return view;
  }

  reject(message: string): RejectedRow {
    const row = { at: isoFromMicros(START), bot: "mm-1", code: "invalid_event", path: "price", message, sample: "{}" };
    this.refused.unshift(row);
    return row;
  }

  /** The modes that edges were asked for. */
  readonly edgeModes: string[] = [];
  readonly query: Query = {
    asOf: () => this.#asOf(),
    desk: () => ({ kind: "live", mode: "live", version: "0.1.0", ...this.#asOf() }),
    explain: async () => this.#answer("performance", { from: "", to: "", rows: [] }),
    performance: ({ window, mode = "live" }) =>
      this.#answer("performance", {
        window,
        from: null,
        rows: this.made.filter((row) => isShown(row.mode, mode)),
        equity: [],
        total: {
          realized: 0,
          fees: 0,
          funding: 0,
          net: 0,
          unrealized: 0,
          bots: this.made.filter((row) => isShown(row.mode, mode)).length,
        },
      }),
    catalogue: () => ({ metrics: catalogueEntries(), ...this.#asOf() }),
    fifoPerformance: async (filter) => this.query.performance(filter),
    rangePerformance: async ({ bot, mode }) => this.query.performance({ bot, mode, window: "all" }),
    series: async () => "no past",
    metric: async (name, { mode = "live", ...filter }) => {
      const answer = readMetricNamed(emptyState(), START, name, { ...filter, mode });
      return typeof answer === "string" ? answer : { ...answer, ...this.#asOf() };
    },
    ...READS_OF_THE_LOG,
    reconciliation: () => ({ reconciliation: [], accounts: [], ...this.#asOf() }),
    haltRules: () => ({ rules: [], ...this.#asOf() }),
    summary: () => undefined,
    summaries: () => ({ days: [], ...this.#asOf() }),
    positions: () => this.#answer("positions", { positions: this.positions, by_event: [], limits: LIMITS }),
    orderbooks: ({ keys }) => {
      const shown = (book: OrderbookView) => keys === undefined || keys.includes(`${book.venue}\t${book.symbol}`);
      return this.#answer("books", { orderbooks: this.books.filter(shown) });
    },
    orderbook: (name) => {
      this.#count("books");
      return this.books.find(({ venue, symbol }) => `${venue}:${symbol}` === name);
    },
    sessions: () => this.#answer("sessions", { sessions: this.sessions }),
    imports: async (limit) => this.#answer("imports", { imports: this.imports.slice(0, limit) }),
    orders: () => this.#listing("orders", this.orders),
    opportunities: () => this.#listing("opportunities", this.opportunities),
    bots: (mode) => this.#answer("bots", { bots: [...this.bots.values()].filter((bot) => isShown(bot.mode, mode)) }),
    bot: (bot) => {
      this.#count("bot");
      return this.bots.get(bot);
    },
    edgeHistory: async () => "no past",
    edges: (limit, mode) => {
      if (mode !== undefined) this.edgeModes.push(mode);
      return this.#answer("edges", { edges: this.edges.slice(0, limit) });
    },
    exposure: () => this.#answer("exposure", EXPOSURE),
    controls: () => this.#answer("controls", CONTROLS),
    command: () => undefined,
    health: () => this.#answer("health", HEALTH),
    rejected: async (limit) => {
      const answer = this.#answer("rejected", { rejected: this.refused.slice(0, limit), counts: [] });
      await this.hold;
      return answer;
    },
    fills: (filter) => this.#page("fills", filter, this.#fills()),
    fillsByTime: async (filter) => {
      const beforeSeq = filter.after?.seq ?? filter.beforeSeq ?? Number.MAX_SAFE_INTEGER;
      const page = await this.#page("fills", { ...filter, beforeSeq, order: "newest" }, this.#fills());
      return { ...page, last: page.lastSeq === undefined ? undefined : { at: micros(START), seq: page.lastSeq } };
    },
    events: (filter) => this.#page("events", filter, this.facts.map(wireEvent)),
  };

  #asOf(): AsOf {
    return { as_of: isoFromMicros(micros(START + this.#seq * 1_000_000)), as_of_seq: this.#seq - this.foldBehind };
  }

  #count(part: keyof HandMadeDesk["asked"]): void {
    this.asked[part]++;
    if (this.failure !== undefined) throw this.failure;
  }

  #answer<T>(part: keyof HandMadeDesk["asked"], body: T): T & AsOf {
    this.#count(part);
    return { ...body, ...this.#asOf() };
  }

  #listing(part: "orders" | "opportunities", rows: readonly { readonly seq: number }[]): Listing {
    return {
      asOf: this.#asOf(),
      page: async (limit, cursor = Number.MAX_SAFE_INTEGER) => {
        this.#count(part);
        const left = rows.filter(({ seq }) => seq < cursor);
        const shown = left.slice(0, limit);
        const complete = shown.length === left.length;
        const events = shown.map((row) => JSON.stringify(row));
        return { events, complete, lastSeq: complete ? undefined : shown.at(-1)?.seq };
      },
    };
  }

  async #page(
    part: "fills" | "events",
    filter: EventFilter,
    all: readonly { readonly seq: number; readonly bot: string; readonly mode?: string | undefined }[],
  ): Promise<EventPage & AsOf> {
    this.#count(part);
    const { afterSeq = -1, beforeSeq = Number.MAX_SAFE_INTEGER, bot, limit, order = "oldest", mode } = filter;
    const matching = all.filter(
      (item) =>
        item.seq > afterSeq &&
        item.seq < beforeSeq &&
        (bot === undefined || item.bot === bot) &&
        isShown(item.mode ?? "live", mode),
    );
    const ordered = order === "newest" ? matching.toReversed() : matching;
    const items = ordered.slice(0, limit);
    const complete = items.length === ordered.length;
    const page = {
      events: items.map((item) => JSON.stringify(item)),
      lastSeq: complete ? undefined : items.at(-1)?.seq,
      complete,
    };
    const answer = { ...page, ...this.#asOf() };
    await this.hold;
    return answer;
  }

  #fills(): FillView[] {
    const views = new Map<number, FillView>();
    for (const recorded of this.facts) {
      const { event, standing, ofSeq } = recorded;
      const before = ofSeq === undefined ? undefined : views.get(ofSeq);
      if (before !== undefined && standing === "merge") views.set(before.seq, mergedFillView(before, event));
      else if (before !== undefined && standing === "contradiction")
        views.set(before.seq, { ...before, contradicted: true });
      else if (before !== undefined && event.type === "fill.voided") views.set(before.seq, { ...before, voided: true });
      else if (isFillEvent(event)) views.set(recorded.seq, fillView({ ...recorded, event }));
    }
    return [...views.values()];
  }
}

/** What one step of the hub changed, as the publisher is told. */
export const changesOf = (changes: Partial<Changes>): Changes => ({
  facts: [],
  bots: new Set(),
  edges: false,
  exposure: false,
  health: false,
  rejected: [],
  ...changes,
});

const isShown = (mode: string, wanted: string | undefined): boolean =>
  wanted === undefined || wanted === "all" || wanted === mode;

const LIMITS = { low_usd: 20, high_usd: 50 };

const ORDER = { venue: "binance", symbol: "BTC/USDT", side: "buy", price: "64000.5", size: "0.25" };

const BOT: BotView = {
  bot: "mm-1",
  mode: "live",
  status: "running",
  liveness: "alive",
  stuck: false,
  last_seen_at: isoFromMicros(START),
  last_seen_age_s: 1,
  expected_interval_s: 5,
  progress: null,
  progress_age_s: null,
  uptime_s: null,
  venues: [],
  counters: {},
  risk_stats: {},
  risk: {},
  contacts_per_minute: [],
  facts: 0,
  fills: 0,
  open_orders: 0,
  rejected: 0,
  contradictions: 0,
  odd_times: 0,
};

const total = { gross_usd: null, net_usd: null, positions: 0, reason: "no positions" };
const EXPOSURE: Omit<ExposureAnswer, keyof AsOf> = {
  by_venue: [],
  by_category: [],
  by_asset: [],
  by_bot: [],
  by_currency: [],
  total,
};

const CONTROLS: Omit<ControlsAnswer, keyof AsOf> = {
  desk: { state: "running", command_ids: [] },
  bots: [],
  strategies: [],
  venues: [],
  commands: [],
};

const HEALTH: Omit<HealthAnswer, keyof AsOf> = {
  status: "healthy",
  venues: [],
  bots: [],
  halted: { bots: 0, venues: 0 },
  hub: {
    version: "0.1.0",
    uptime_s: 1,
    store: "sqlite",
    store_ok: true,
    queue_events: 0,
    queue_limit: 50_000,
    facts: 0,
    samples: 0,
    rejected: 0,
    last_append_ms: null,
  },
};
