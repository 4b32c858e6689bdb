import type { BotView, EdgeView, ExposureAnswer, FillView, HealthAnswer, RejectedRow } from "../../protocol/api.ts";
import type { Topic } from "../../protocol/stream.ts";
import { newestFills } from "../../view/newest-fills.ts";
import type { Connection } from "../../view/window-title.ts";
import { Cell } from "./cell.ts";
import { isBots, isEdges, isExposure, isFill, isFills, isHealth, isRejected, isRejectedList } from "./frames.ts";

/** What the page holds in memory, at most. */
export const FILLS_HELD = 500;
const REJECTED_HELD = 200;

/** The topics that the page listens to. */
export const pageTopics = [
  "bots",
  "edges",
  "fills",
  "exposure",
  "health",
  "rejected",
] as const satisfies readonly Topic[];

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

  readonly #options: DeskStoreOptions;
  readonly #changed = new Set<Topic>();
  readonly #bots = new Map<string, Stamped<BotView>>();
  #edges: Stamped<readonly EdgeView[]> | undefined;
  #fills: readonly FillView[] = [];
  #freshFills: FillView[] = [];
  #exposure: Stamped<ExposureAnswer> | undefined;
  #health: Stamped<HealthAnswer> | undefined;
  #rejected: RejectedRow[] = [];
  #lastFrameMs: number | undefined;
  #drawing = false;

  constructor(options: DeskStoreOptions) {
    this.#options = options;
  }

  readonly onSnapshot = (topic: string, data: unknown): void => {
    if (topic === "bots") this.#bots.clear();
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
    }
  };

  readonly onFact = (topic: string, data: unknown): void => {
    if (topic === "fills" && isFill(data)) {
      this.#freshFills.push(data);
      if (this.#freshFills.length > 2 * FILLS_HELD) this.#freshFills = this.#freshFills.slice(-FILLS_HELD);
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
    for (const topic of changed) if (topic !== "events") this[topic].notify();
  }

  #takeFills(): readonly FillView[] {
    this.#fills = newestFills(this.#fills, this.#freshFills, FILLS_HELD);
    this.#freshFills = [];
    return this.#fills;
  }
}
