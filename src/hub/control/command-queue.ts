import { type Result, err, ok } from "../../base/result.ts";
import type { Command } from "../../engine/control/control-state.ts";
import type { ControlLog, NotStored } from "./control-log.ts";

/** A command that was asked for and that the log does not have yet, with the event that will say so. */
export interface AskedCommand {
  /** As bots are told it meanwhile. */
  readonly command: Command;
  readonly event: object;
}

type Stored = Result<void, NotStored>;

interface Entry extends AskedCommand {
  /** Bots obey it although the log does not have it. */
  held: boolean;
  /** Told what becomes of it in the next append. */
  waiting: ((stored: Stored) => void)[];
}

export interface CommandQueueParts {
  readonly log: Pick<ControlLog, "storeEach">;
  /** Commands that were held hold nobody any more, and the log does not have them. */
  readonly onReleased: () => void;
}

const HELD_MAX = 1_000;
const QUEUED_MAX = 20_000;
/** Of one append. */
const BATCH_MAX = 2_000;

/**
 * The way of commands into the log: in the order in which they were asked for, whatever fails on the way. A halt does
 * not wait for a disk: one that could not be stored is held, and goes into the log before all that is asked for later.
 */
export class CommandQueue {
  readonly #parts: CommandQueueParts;
  /** In the order in which they were asked for. */
  readonly #byId = new Map<string, Entry>();
  #storing: Promise<void> | undefined;

  constructor(parts: CommandQueueParts) {
    this.#parts = parts;
  }

  get(id: string): AskedCommand | undefined {
    return this.#byId.get(id);
  }

  /** Those that hold bots although the log does not have them, in the order in which they were asked for. */
  held(): Command[] {
    return this.#byId.size === 0 ? [] : this.#allHeld().map(({ command }) => command);
  }

  isHeld(id: string): boolean {
    return this.#byId.get(id)?.held === true;
  }

  #allHeld(): Entry[] {
    return [...this.#byId.values()].filter(({ held }) => held);
  }

  /** From now on bots obey it. False when the log has it, or too many are held. */
  hold(id: string): boolean {
    const entry = this.#byId.get(id);
    if (entry === undefined) return false;
    entry.held ||= this.#allHeld().length < HELD_MAX;
    return entry.held;
  }

  /** The log has it now. */
  drop(id: string): void {
    this.#byId.delete(id);
  }

  /**
   * Resolves with what became of it in the first append that has it. Where the store does not take it, all but a resume
   * is held; what the hub itself refuses never is.
   */
  store(asked: AskedCommand): Promise<Stored> {
    const { commandId } = asked.command;
    if (this.#byId.size >= QUEUED_MAX && !this.#byId.has(commandId))
      return Promise.resolve(err({ code: "overloaded", message: `${QUEUED_MAX} commands wait for the log` }));
    const entry = this.#byId.get(commandId) ?? { ...asked, held: false, waiting: [] };
    this.#byId.set(commandId, entry);
    return new Promise((resolve) => {
      entry.waiting.push(resolve);
      void this.#storeAll();
    });
  }

  /** Offers what is held to the log once more. */
  async retry(): Promise<void> {
    if (this.#storing !== undefined || this.#byId.size === 0) return;
    await this.#storeAll(this.#batch());
  }

  /** One append at a time: two at once might come into the log in either order. */
  #storeAll(first?: readonly Entry[]): Promise<void> {
    this.#storing ??= this.#appendAll(first).finally(() => {
      this.#storing = undefined;
    });
    return this.#storing;
  }

  async #appendAll(first: readonly Entry[] | undefined): Promise<void> {
    if (first !== undefined) await this.#append(first);
    while (this.#isAwaited()) await this.#append(this.#batch());
  }

  #isAwaited(): boolean {
    for (const { waiting } of this.#byId.values()) if (waiting.length > 0) return true;
    return false;
  }

  #batch(): Entry[] {
    return [...this.#byId.values()].slice(0, BATCH_MAX);
  }

  async #append(batch: readonly Entry[]): Promise<void> {
    const done = await this.#parts.log.storeEach(batch.map(({ event }) => event));
    if (done.ok) return this.#settle(batch, (index) => done.value[index] ?? ok(undefined));
    const isOurFault = done.error.code === "internal";
    if (isOurFault && batch.length > 1) return this.#appendOneByOne(batch);
    return this.#settle(batch, () => done);
  }

  /** One that the log cannot deal with must not keep the others out; none goes in before an older one. */
  async #appendOneByOne(batch: readonly Entry[]): Promise<void> {
    for (const [index, entry] of batch.entries()) {
      const done = await this.#parts.log.storeEach([entry.event]);
      if (!done.ok && done.error.code !== "internal") return this.#settle(batch.slice(index), () => done);
      this.#settle([entry], () => (done.ok ? (done.value[0] ?? ok(undefined)) : done));
    }
  }

  #settle(batch: readonly Entry[], storedAt: (index: number) => Stored): void {
    let released = false;
    for (const [index, entry] of batch.entries()) {
      const stored = storedAt(index);
      released = this.#keepOrDrop(entry, stored) || released;
      const { waiting } = entry;
      entry.waiting = [];
      for (const tell of waiting) tell(stored);
    }
    if (released) this.#parts.onReleased();
  }

  /** Whether it held bots, and holds them no more although the fold has not taken it: its id was another's. */
  #keepOrDrop(entry: Entry, stored: Stored): boolean {
    const { commandId, action } = entry.command;
    if (this.#byId.get(commandId) !== entry) return false;
    const mayHold = !stored.ok && stored.error.code !== "internal" && action !== "resume";
    if (mayHold && this.hold(commandId)) return false;
    this.#byId.delete(commandId);
    return entry.held;
  }
}
