import { type Clock, isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../base/time.ts";
import type { AuditKind, AuditView } from "../protocol/api-people.ts";
import type { AuditFilter, AuditRow } from "./audit-port.ts";
import { type Command, commandRow } from "./audit-command.ts";
import type { EventPage, Store } from "./ports.ts";
import type { Timers } from "./timers.ts";

/** Who did something, and how they came. */
export type Actor = Pick<AuditView, "who" | "who_kind" | "who_id" | "via" | "address">;

/** Something that was done, or tried. Nothing in it may be a secret. */
export interface Act {
  readonly by: Actor;
  readonly action: `${AuditKind}.${string}`;
  /** `done` when absent. */
  readonly outcome?: AuditView["outcome"];
  readonly target?: string;
  readonly detail?: string;
  readonly reason?: string;
}

export interface AuditOptions {
  readonly store: Pick<Store, "audit" | "events">;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Days that an act is kept. */
  readonly retentionDays: number;
  /** Told when something could not be kept yet. */
  readonly onProblem: (what: string, error: unknown) => void;
}

const WAITING_MAX = 1_000;
const COMMANDS_AT_ONCE = 500;
const RETRY_EVERY_MS = 5_000;
const FORGET_EVERY_MS = 600_000;
const TEXT_MAX = 512;

/**
 * What people and keys did. An act is kept before it is answered; while the store is away it waits in memory, and is
 * told to the log of the process, so that nobody is kept from halting by a full disk. Commands are facts: they are taken
 * in from the log, each once.
 */
export class Audit {
  readonly #options: AuditOptions;
  readonly #cancels: readonly (() => void)[];
  #waiting: AuditRow[] = [];
  #lost = 0;
  #takenTo: number | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: AuditOptions) {
    this.#options = options;
    const { timers } = options;
    this.#cancels = [
      timers.every(RETRY_EVERY_MS, () => (this.#waiting.length === 0 ? undefined : this.#keep())),
      timers.every(FORGET_EVERY_MS, () => this.#forget()),
    ];
  }

  /** Acts that were given up because too many waited for the store. */
  get lost(): number {
    return this.#lost;
  }

  /** Keeps an act; resolves once it is durable, or waits for a store that is away. Never rejects. */
  async note(act: Act): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#waiting.shift();
      this.#lost += 1;
    }
    this.#waiting.push(rowOf(act, this.#options.clock.now()));
    await this.#keep();
  }

  /** Acts, newest first, those that were commands among them. Rejects with `StoreUnavailable`. */
  async page(filter: AuditFilter): Promise<EventPage> {
    await this.#inTurn(() => this.#takeCommands());
    return this.#options.store.audit.page(filter);
  }

  /** Ends the work in the background, after a last try to keep what waits. */
  async stop(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    await (this.#waiting.length === 0 ? this.#turn : this.#keep());
  }

  #keep(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#takeCommands();
      const rows = this.#waiting;
      if (rows.length === 0) return;
      await this.#options.store.audit.add(rows);
      this.#waiting = this.#waiting.filter((row) => !rows.includes(row));
    }).catch((error: unknown) => this.#options.onProblem("keeping the audit", error));
  }

  /**
   * Commands are in the log before anything that came after them is noted: so they stand in their order. Those that are
   * older than what is kept stay out: the log has them for ever, and would bring them back after each restart.
   */
  async #takeCommands(): Promise<void> {
    const { audit, events } = this.#options.store;
    this.#takenTo ??= await audit.lastSeq();
    for (;;) {
      const page = await events({ type: "command.issued", afterSeq: this.#takenTo, limit: COMMANDS_AT_ONCE });
      const commands = page.events.map((text) => JSON.parse(text) as Command);
      const from = this.#retainedFrom();
      const rows = commands.map(commandRow).filter(({ at }) => at >= from);
      if (rows.length > 0) await audit.add(rows);
      this.#takenTo = commands.at(-1)?.seq ?? this.#takenTo;
      if (page.complete) return;
    }
  }

  async #forget(): Promise<void> {
    const { store, onProblem } = this.#options;
    await store.audit.forget(this.#retainedFrom()).catch((error: unknown) => onProblem("forgetting old acts", error));
  }

  #retainedFrom(): Micros {
    const { clock, retentionDays } = this.#options;
    return micros(clock.now() - retentionDays * MICROS_PER_DAY);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function rowOf({ by, action, outcome = "done", target, detail, reason }: Act, at: Micros): AuditRow {
  const view: Omit<AuditView, "n"> = {
    at: isoFromMicros(at),
    action,
    outcome,
    ...by,
    who: brief(by.who),
    target: briefOrNull(target),
    detail: briefOrNull(detail),
    reason: briefOrNull(reason),
    seq: null,
  };
  const kind = action.split(".")[0] ?? action;
  return { at, kind, who: view.who, outcome, seq: undefined, body: JSON.stringify(view) };
}

const brief = (text: string): string => text.slice(0, TEXT_MAX).replaceAll("\u0000", "\ufffd");
const briefOrNull = (text: string | undefined): string | null => (text === undefined ? null : brief(text));
