import { performance } from "node:perf_hooks";
import type { RetryOptions } from "../backoff.ts";
import type { Reporter } from "../reporter.ts";
import { type Command, type CommandHandler, CommandRunner } from "./command-runner.ts";
import { Evidence, type Holdings } from "./evidence.ts";
import { HubLine } from "./hub-line.ts";
import { type ControlState, type HubCommand, type Orders, STATE_AFTER } from "./orders.ts";
import { type Intention, Permission } from "./permission.ts";
import { Silence } from "./silence.ts";
import { OtherBot, StateFile } from "./state-file.ts";

/** How a bot is controlled. Only `url`, `bot` and `reporter` are needed. */
export interface ControlOptions extends Holdings {
  /** The hub's address, such as `http://localhost:8000`. */
  readonly url: string;
  /** The bot's name, the same as its reporter's. */
  readonly bot: string;
  /** The bot's strategy, the same as its reporter's: what holds it holds the bot from the first contact on. */
  readonly strategy?: string | undefined;
  /** An ingest key of the hub for this bot; none is needed on the hub's own machine. */
  readonly key?: string | undefined;
  /** Tells the hub what the bot is in and what is left after a command. */
  readonly reporter: Pick<Reporter, "botState" | "ordersSnapshot" | "positionSnapshot">;
  /** As `Control.onCommand`. */
  readonly onCommand?: CommandHandler | undefined;
  /** What a bot may do before it has heard the hub for the first time. Default `allow`. */
  readonly untilHeard?: "allow" | "block" | undefined;
  /**
   * What it may do while the hub is away. Default `keep`: what it was told last. With `stopAfterS` it halts itself after so
   * many seconds without a sign of life, and goes on by a `resume` alone, unless `resumeWhenHeard` is set.
   */
  readonly whenAway?: "keep" | { readonly stopAfterS: number; readonly resumeWhenHeard?: boolean } | undefined;
  /** Keeps the newest orders over a restart of the bot. Without it they count from the first contact on. */
  readonly stateFile?: string | undefined;
  /** Whether `bot.state` is reported by itself when the state changes. Default true. */
  readonly reportState?: boolean | undefined;
  /** Between two questions for a sign of life. Default 5. */
  readonly probeS?: number | undefined;
  /** When an answer counts as missing. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: Partial<RetryOptions> | undefined;
}

/** How it stands. */
export interface ControlStatus {
  readonly state: ControlState;
  /** Venues that are held, by name. */
  readonly venues: Readonly<Record<string, ControlState>>;
  /** Whether the hub was heard since the start. */
  readonly heard: boolean;
  /** How the hub is heard now; undefined while it is not. */
  readonly by: "link" | "poll" | undefined;
  /** Whether the bot halted itself because the hub is away. */
  readonly stopped: boolean;
  /** Commands that are under way, or whose acknowledgement the hub has not confirmed. */
  readonly pending: number;
  readonly lastError: string | undefined;
}

/** What people ask of the bot, at its own side. Nothing here throws, and nothing keeps the process alive. */
export interface Control {
  /** Whether an order may be sent now. Reads a local flag: never waits for anything. */
  allowed(order: Intention): boolean;
  /** What the bot as a whole may do. Venues may be held besides: `allowed` knows. */
  readonly state: ControlState;
  /** Who does what commands ask; the newest one counts. Halt and flatten wait for the first, unacknowledged. */
  onCommand(handler: CommandHandler): void;
  /** Resolves to true once the hub was heard, or to false after `timeoutMs` (default 10,000). Never rejects. */
  ready(options?: { readonly timeoutMs?: number }): Promise<boolean>;
  status(): ControlStatus;
  /** Ends the connection. The flag stays as it is. */
  close(): void;
}

const READY_MS = 10_000;
const HOLD_S = 30;
/** A disk that takes longer than this holds up no acknowledgement. */
const KEEP_MS = 2_000;
const WHY_MAX = 500;

/** Connects a bot to what people ask of it. Never throws: what is wrong shows in `status().lastError`. */
export function createControl(options: ControlOptions): Control {
  const core = new ControlCore(options);
  return {
    allowed: (order) => core.permission.allows(order),
    get state() {
      return core.state;
    },
    onCommand: (handler) => core.handle(handler),
    ready: (waiting) => core.ready(waiting?.timeoutMs ?? READY_MS),
    status: () => core.status(),
    close: () => core.close(),
  };
}

class ControlCore {
  readonly permission = new Permission();
  readonly #options: ControlOptions;
  readonly #runner: CommandRunner;
  readonly #evidence: Evidence;
  readonly #line: HubLine;
  readonly #silence: Silence | undefined;
  #file: StateFile | undefined;
  readonly #waiting = new Set<() => void>();
  #told: { readonly state: ControlState; readonly venues: ReadonlyMap<string, ControlState> } = NOTHING_TOLD;
  #blocked = false;
  #stopped = false;
  #heard = false;
  #stops = 0;
  #reported: ControlState | undefined;
  #kept: Promise<void> = Promise.resolve();
  #lastError: string | undefined;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#file = options.stateFile === undefined ? undefined : new StateFile(options.stateFile, options.bot);
    this.#blocked = options.untilHeard === "block";
    this.#runner = new CommandRunner({
      acknowledge: (said) => this.#line.acknowledge(said),
      stateNow: () => this.state,
      kept: () => this.#kept,
      onDone: (command, left) => void this.#evidence.tell(command, left),
      onProblem: (error) => this.#note(error),
    });
    this.#evidence = new Evidence({ ...options, onProblem: (error) => this.#note(error) });
    if (options.onCommand !== undefined) this.#runner.handler = options.onCommand;
    this.#remember();
    this.#apply();
    this.#silence = this.#watchSilence();
    this.#line = this.#connect();
  }

  get state(): ControlState {
    return this.#blocked || this.#stopped ? "halted" : this.#told.state;
  }

  handle(handler: CommandHandler): void {
    this.#runner.handler = handler;
  }

  ready(timeoutMs: number): Promise<boolean> {
    if (this.#heard) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        resolve(this.#heard);
      };
      // Keeps the process alive, for it is awaited.
      const timer = setTimeout(settle, timeoutMs);
      this.#waiting.add(settle);
    });
  }

  status(): ControlStatus {
    return {
      state: this.state,
      venues: Object.fromEntries(this.#told.venues),
      heard: this.#heard,
      by: this.#line.by,
      stopped: this.#stopped,
      pending: this.#runner.pending,
      lastError: this.#lastError,
    };
  }

  close(): void {
    this.#silence?.close();
    this.#evidence.close();
    this.#line.close();
    for (const settle of [...this.#waiting]) settle();
  }

  #connect(): HubLine {
    const { url, bot, strategy, key, timeoutMs, probeS, retry } = this.#options;
    const limitS = this.#stopAfterS ?? Number.POSITIVE_INFINITY;
    return new HubLine({
      ...{ url, bot, strategy, key, timeoutMs: positive(timeoutMs, 10_000) },
      // A hub that is there must show it well before its silence counts.
      probeMs: Math.min(positive(probeS, 5), limitS / 4) * 1000,
      holdS: Math.floor(Math.min(HOLD_S, limitS / 4)),
      retry: { minMs: 100, maxMs: 10_000, slowMs: 5_000, ...retry },
      random: Math.random,
      events: {
        onOrders: (orders, isFirst) => this.#hear(orders, isFirst),
        onCommand: (command, state) => this.#take(command, state),
        onAcknowledged: (commandId) => this.#runner.acknowledged(commandId),
        onContact: () => this.#silence?.heard(),
      },
      onTrouble: (why) => this.#note(why),
    });
  }

  get #stopAfterS(): number | undefined {
    const { whenAway } = this.#options;
    if (typeof whenAway !== "object" || whenAway === null) return undefined;
    return positive(whenAway.stopAfterS, Number.NaN) > 0 ? whenAway.stopAfterS : undefined;
  }

  #watchSilence(): Silence | undefined {
    const limitS = this.#stopAfterS;
    if (limitS === undefined) return undefined;
    const now = (): number => performance.now();
    return new Silence({ limitMs: limitS * 1000, onLimit: () => this.#stop(limitS), now });
  }

  /** All that holds, as the hub says it on every new connection and after every change. */
  #hear({ state, venues, commands }: Orders, isFirst: boolean): void {
    this.#silence?.heard();
    this.#told = { state, venues };
    this.#blocked = false;
    // What the bot said of itself when it started may be otherwise.
    if (!this.#heard) this.#reported = undefined;
    if (this.#resumesWhenHeard || commands.some((command) => this.#lifts(command))) this.#stopped = false;
    this.#heard = true;
    this.#apply(commands.at(-1)?.reason);
    this.#runner.awaited(new Set(commands.map(({ command_id }) => command_id)));
    for (const command of commands) this.#runner.take({ ...command, state: this.state, local: false }, isFirst);
    for (const settle of [...this.#waiting]) settle();
  }

  #take(command: HubCommand, state: ControlState): void {
    const { target, action, reason } = command;
    const venues = new Map(this.#told.venues);
    if ("venue" in target) {
      if (action === "resume") venues.delete(target.venue);
      else venues.set(target.venue, STATE_AFTER[action]);
    }
    this.#told = { state, venues };
    if (this.#lifts(command)) this.#stopped = false;
    this.#apply(reason);
    this.#runner.take({ ...command, state: this.state, local: false }, true);
  }

  /** Whether it is a new leave to go on for a bot that stopped by itself. */
  #lifts({ action, target, command_id }: HubCommand): boolean {
    return action === "resume" && !("venue" in target) && !this.#runner.knows(command_id);
  }

  get #resumesWhenHeard(): boolean {
    const { whenAway } = this.#options;
    return typeof whenAway === "object" && whenAway?.resumeWhenHeard === true;
  }

  /** The hub has been away for too long. */
  #stop(limitS: number): void {
    this.#stopped = true;
    const reason = `no sign of life from the hub for ${limitS} s`;
    this.#apply(reason);
    const command: Command = {
      command_id: `hub-away-${Date.now()}-${this.#stops++}`,
      ...{ action: "halt", target: { bot: this.#options.bot }, reason, issued_at: new Date().toISOString() },
      ...{ state: this.state, local: true },
    };
    this.#runner.take(command, true);
  }

  /** The flag first, then everything that takes longer. */
  #apply(reason?: string): void {
    const { state } = this;
    this.permission.set(state, this.#told.venues);
    this.#keep();
    if (state === this.#reported || (this.#reported === undefined && state === "running")) return;
    this.#reported = state;
    if (this.#options.reportState === false || this.#blocked) return;
    this.#guarded(() =>
      this.#options.reporter.botState({ status: state, ...(reason === undefined || reason === "" ? {} : { reason }) }),
    );
  }

  #keep(): void {
    const file = this.#file;
    // Before the hub was heard nothing is known that is better than what is kept.
    if (file === undefined || !(this.#heard || this.#stopped)) return;
    const written = file.write({ ...this.#told, stopped: this.#stopped }).catch((error: unknown) => {
      file.forget();
      this.#note(error);
    });
    this.#kept = within(KEEP_MS, written);
  }

  /** A bot that was held before a restart is held after it, until it hears otherwise. */
  #remember(): void {
    try {
      const kept = this.#file?.read();
      if (kept === undefined) return;
      this.#told = kept;
      this.#stopped = kept.stopped;
    } catch (error) {
      this.#note(error);
      if (error instanceof OtherBot) this.#file = undefined;
      // It may have been halted: nobody knows before the hub says so.
      else this.#blocked = true;
    }
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      // A bot must not fail for what it is told: the reason is kept.
      this.#note(error);
    }
  }

  #note(error: unknown): void {
    try {
      this.#lastError = String(error instanceof Error ? error.message : error).slice(0, WHY_MAX);
    } catch {
      this.#lastError = "something that cannot be read was thrown";
    }
  }
}

const NOTHING_TOLD = { state: "running", venues: new Map<string, ControlState>() } as const;

const positive = (value: number | undefined, fallback: number): number =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : fallback;

/** Resolves when the work is done, but not later than after `ms`. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
    timer.unref();
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
