import type { Command } from "../../engine/control/control-state.ts";

/** A command that holds bots although the log does not have it yet, with the event that will say so. */
export interface UnstoredCommand {
  readonly command: Command;
  readonly event: object;
}

const UNSTORED_MAX = 1_000;

/**
 * Commands that could not be stored and are obeyed all the same: a halt does not wait for a disk. They live in memory
 * until the log has them.
 */
export class Unstored {
  readonly #byId = new Map<string, UnstoredCommand>();

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): UnstoredCommand | undefined {
    return this.#byId.get(id);
  }

  /** False when there are too many. */
  hold(held: UnstoredCommand): boolean {
    const { commandId } = held.command;
    if (this.#byId.size >= UNSTORED_MAX && !this.#byId.has(commandId)) return false;
    this.#byId.set(commandId, held);
    return true;
  }

  /** The log has it now, or somebody resumed. */
  drop(id: string): void {
    this.#byId.delete(id);
  }

  /** In the order in which they were asked for. */
  all(): UnstoredCommand[] {
    return [...this.#byId.values()];
  }
}
