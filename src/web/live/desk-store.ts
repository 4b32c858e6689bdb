import type { BotView, EdgeView, ExposureAnswer, FillView, HealthAnswer, RejectedRow } from "../../protocol/api.ts";
import type { ControlsAnswer } from "../../protocol/api-control.ts";
import type { PerformanceAnswer } from "../../protocol/api-money.ts";
import type { DeskAnswer, ImportView, ReplayView } from "../../protocol/api-sessions.ts";
import type { OpportunityView, OrderbookView, PositionsAnswer } from "../../protocol/api-trading.ts";
import { newestFills } from "../../view/newest-fills.ts";
import { latestFirst } from "../../view/opportunity-row.ts";
import type { Connection } from "../../view/window-title.ts";
import { Cell } from "./cell.ts";
import {
  isBots,
  isControls,
  isEdges,
  isExposure,
  isFill,
  isFills,
  isHealth,
  isImports,
  isOpportunities,
  isOrderbook,
  isOrderbooks,
  isPerformance,
  isPositions,
  isRejected,
  isRejectedList,
  isReplay,
} from "./frames.ts";

/** What the page holds in memory, at most. */
export const FILLS_HELD = 500;
const REJECTED_HELD = 200;
const BOOKS_HELD = 2_000;

/** The topics that the page listens to. */
export const pageTopics = [
  "bots",
  "edges",
  "fills",
  "exposure",
  "health",
  "rejected",
  "positions",
  "performance",
  "opportunities",
  "imports",
  "controls",
] as const;

/** What is only listened to while it is on the screen. */
export type ScreenTopic = "orderbooks" | `books:${string}`;

type Topic = (typeof pageTopics)[number] | "replay" | "orderbooks" | "books";

/** Something with the local time (ms) at which it came: ages in it count from there. */
export interface Stamped<T> {
  readonly data: T;
  readonly atMs: number;
}

/** How the page is connected, and what is worth saying of it. */
export interface ConnectionState {
  readonly state: Connection;
  readonly detail: string | undefined;
  /** Local time (ms) of the newest frame; undefined before the first. */
  readonly lastFrameMs: number | undefined;
  /** How often the connection was tried in vain since it was last live. */
  readonly failures: number;
}

/** The callbacks that a live reader calls. */
export interface LiveHandlers {
  readonly onSnapshot: (topic: string, data: unknown, seq: number) => void;
  readonly onDelta: (topic: string, data: unknown, seq: number) => void;
  readonly onFact: (topic: string, data: unknown, seq: number) => void;
  readonly onStatus: (status: Connection, detail?: string) => void;
}

/** The machine that the store runs on. */
export interface DeskStoreOptions {
  /** Local time in ms. */
  readonly nowMs: () => number;
  /** Calls back when the screen can take the next picture. */
  readonly nextFrame: (draw: () => void) => void;
  /** The id of the replay that is shown; the live desk when absent. */
  readonly source?: string | undefined;
}

/**
 * The desk as the page has it. Frames are taken in at once and shown at the next picture of the screen, so that a
 * thousand frames cost one render. While paused nothing new is shown; what comes is taken in all the same.
 */
export class DeskStore implements LiveHandlers {
  readonly connection = new Cell<ConnectionState>({
    state: "connecting",
    detail: undefined,
    lastFrameMs: undefined,
    failures: 0,
  });
  readonly paused = new Cell(false);
  readonly bots = new Cell<readonly Stamped<BotView>[] | undefined>(undefined);
  readonly edges = new Cell<Stamped<readonly EdgeView[]> | undefined>(undefined);
  readonly fills = new Cell<readonly FillView[] | undefined>(undefined);
  readonly exposure = new Cell<Stamped<ExposureAnswer> | undefined>(undefined);
  readonly health = new Cell<Stamped<HealthAnswer> | undefined>(undefined);
  readonly rejected = new Cell<readonly RejectedRow[] | undefined>(undefined);
  readonly positions = new Cell<Stamped<PositionsAnswer> | undefined>(undefined);
  /** What was made today, by every bot; its total is that of the mode of the desk. */
  readonly performance = new Cell<Stamped<PerformanceAnswer> | undefined>(undefined);
  /** The best of all books, while a screen listens. */
  readonly orderbooks = new Cell<readonly Stamped<OrderbookView>[] | undefined>(undefined);
  /** The whole books that a screen shows, by `VENUE:SYMBOL`. */
  readonly books = new Cell<ReadonlyMap<string, Stamped<OrderbookView>>>(new Map());
  /** Which desk this is; undefined until the hub has said it. */
  readonly about = new Cell<DeskAnswer | undefined>(undefined);
  readonly opportunities = new Cell<readonly OpportunityView[] | undefined>(undefined);
  /** What everything may do, and the newest commands. */
  readonly controls = new Cell<ControlsAnswer | undefined>(undefined);
  readonly imports = new Cell<readonly ImportView[] | undefined>(undefined);
  /** The replay that is watched, as it stands; never set on the live desk. */
  readonly replay = new Cell<ReplayView | undefined>(undefined);
  /** The id of the replay that this desk shows; undefined for the live desk. */
  readonly source: string | undefined;

  readonly #options: DeskStoreOptions;
  readonly #changed = new Set<Topic>();
  readonly #bots = new Map<string, Stamped<BotView>>();
  #edges: Stamped<readonly EdgeView[]> | undefined;
  #fills: readonly FillView[] = [];
  #freshFills: FillView[] = [];
  #exposure: Stamped<ExposureAnswer> | undefined;
  #health: Stamped<HealthAnswer> | undefined;
  #rejected: RejectedRow[] = [];
  #positions: Stamped<PositionsAnswer> | undefined;
  #performance: Stamped<PerformanceAnswer> | undefined;
  readonly #orderbooks = new Map<string, Stamped<OrderbookView>>();
  readonly #books = new Map<string, Stamped<OrderbookView>>();
  #opportunities: readonly OpportunityView[] = [];
  #imports: readonly ImportView[] = [];
  #replay: ReplayView | undefined;
  #lastFrameMs: number | undefined;
  #drawing = false;

  constructor(options: DeskStoreOptions) {
    this.#options = options;
    this.source = options.source;
  }

  readonly onSnapshot = (topic: string, data: unknown): void => {
    if (topic === "bots") this.#bots.clear();
    if (topic === "orderbooks") this.#orderbooks.clear();
    if (topic === "fills" && isFills(data)) {
      this.#freshFills = [];
      this.#fills = newestFills([], data, FILLS_HELD);
      this.#note("fills");
    } else if (topic === "rejected" && isRejectedList(data)) {
      this.#rejected = data.slice(0, REJECTED_HELD);
      this.#note("rejected");
    } else {
      this.onDelta(topic, data);
    }
  };

  readonly onDelta = (topic: string, data: unknown): void => {
    const atMs = this.#options.nowMs();
    if (topic === "bots" && isBots(data)) {
      for (const bot of data) this.#bots.set(bot.bot, { data: bot, atMs });
      this.#note("bots");
    } else if (topic === "edges" && isEdges(data)) {
      this.#edges = { data, atMs };
      this.#note("edges");
    } else if (topic === "exposure" && isExposure(data)) {
      this.#exposure = { data, atMs };
      this.#note("exposure");
    } else if (topic === "health" && isHealth(data)) {
      this.#health = { data, atMs };
      this.#note("health");
    } else if (!this.#takeMoney(topic, data, atMs)) {
      this.#takeTrading(topic, data, atMs);
    }
  };

  /** Takes what is held and what was made; false when it is neither. */
  #takeMoney(topic: string, data: unknown, atMs: number): boolean {
    if (topic === "positions" && isPositions(data)) this.#positions = { data, atMs };
    else if (topic === "performance" && isPerformance(data)) this.#performance = { data, atMs };
    else return false;
    this.#note(topic);
    return true;
  }

  #takeTrading(topic: string, data: unknown, atMs: number): void {
    if (topic === "orderbooks" && isOrderbooks(data)) {
      for (const book of data) this.#takeBook(book, atMs);
      this.#note("orderbooks");
    } else if (topic === "opportunities" && isOpportunities(data)) {
      this.#opportunities = latestFirst(data);
      this.#note("opportunities");
    } else if (topic === "controls" && isControls(data)) {
      // What may be done, and how far a halt came, is no picture to hold still.
      this.controls.set(data);
      this.controls.notify();
    } else if (topic === "imports" && isImports(data)) {
      this.#imports = data;
      this.#note("imports");
    } else if (topic.startsWith("books:") && isOrderbook(data)) {
      this.#books.set(topic.slice("books:".length), { data, atMs });
      this.#note("books");
    } else if (topic === "replay" && isReplay(data)) {
      this.#takeReplay(data);
    }
  }

  /** Reads and answers come beside the stream: whichever comes later, the one that knows less is old. */
  #takeReplay(replay: ReplayView): void {
    if (this.#replay !== undefined && replay.revision < this.#replay.revision) return;
    this.#replay = replay;
    this.#note("replay");
  }

  readonly onFact = (topic: string, data: unknown): void => {
    if (topic === "fills" && isFill(data)) {
      this.#freshFills.push(data);
      if (this.#freshFills.length > 2 * FILLS_HELD)
        this.#freshFills = [...newestFills([], this.#freshFills, FILLS_HELD)];
      this.#note("fills");
    } else if (topic === "rejected" && isRejected(data)) {
      this.#rejected = [data, ...this.#rejected].slice(0, REJECTED_HELD);
      this.#note("rejected");
    }
  };

  readonly onStatus = (state: Connection, detail?: string): void => {
    const before = this.connection.get();
    const failures = state === "live" ? 0 : state === "reconnecting" ? before.failures + 1 : before.failures;
    this.connection.set({ state, detail, lastFrameMs: this.#lastFrameMs, failures });
    this.connection.notify();
  };

  /** Holds the picture, or lets it go on with all that came in between. */
  setPaused(paused: boolean): void {
    this.paused.set(paused);
    this.paused.notify();
    if (!paused && this.#changed.size > 0) this.#draw();
  }

  #takeBook(book: OrderbookView, atMs: number): void {
    const key = `${book.venue}:${book.symbol} ${book.bot} ${book.mode}`;
    if (this.#orderbooks.size < BOOKS_HELD || this.#orderbooks.has(key))
      this.#orderbooks.set(key, { data: book, atMs });
  }

  /** Lets go of what no screen shows any more. */
  forget(topics: readonly ScreenTopic[]): void {
    for (const topic of topics) {
      if (topic !== "orderbooks") this.#books.delete(topic.slice("books:".length));
    }
    this.books.set(new Map(this.#books));
  }

  #note(topic: Topic): void {
    this.#lastFrameMs = this.#options.nowMs();
    this.#changed.add(topic);
    if (this.#drawing || this.paused.get()) return;
    this.#drawing = true;
    this.#options.nextFrame(() => {
      this.#drawing = false;
      if (!this.paused.get()) this.#draw();
    });
  }

  #draw(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    if (changed.includes("bots")) this.bots.set([...this.#bots.values()]);
    if (changed.includes("edges")) this.edges.set(this.#edges);
    if (changed.includes("fills")) this.fills.set(this.#takeFills());
    if (changed.includes("exposure")) this.exposure.set(this.#exposure);
    if (changed.includes("health")) this.health.set(this.#health);
    if (changed.includes("rejected")) this.rejected.set(this.#rejected);
    if (changed.includes("positions")) this.positions.set(this.#positions);
    if (changed.includes("performance")) this.performance.set(this.#performance);
    if (changed.includes("orderbooks")) this.orderbooks.set([...this.#orderbooks.values()]);
    if (changed.includes("books")) this.books.set(new Map(this.#books));
    if (changed.includes("opportunities")) this.opportunities.set(this.#opportunities);
    if (changed.includes("imports")) this.imports.set(this.#imports);
    if (changed.includes("replay")) this.replay.set(this.#replay);
    for (const topic of changed) this[topic].notify();
  }

  #takeFills(): readonly FillView[] {
    this.#fills = newestFills(this.#fills, this.#freshFills, FILLS_HELD);
    this.#freshFills = [];
    return this.#fills;
  }
}
