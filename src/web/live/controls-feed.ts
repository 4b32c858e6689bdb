import type { ControlsAnswer } from "../../protocol/api-control.ts";
import { isUnderWay } from "../../view/command-proof.ts";
import { Cell } from "./cell.ts";

/** What may do what, as it was read last, and why it could not be read since. */
export interface ControlsReading {
  readonly data: ControlsAnswer | undefined;
  /** Local time (ms) at which `data` came. */
  readonly atMs: number;
  readonly trouble: string | undefined;
}

interface ControlsFeedOptions {
  readonly read: () => Promise<ControlsAnswer>;
  /** Local time in ms. */
  readonly nowMs: () => number;
  /** Calls back after `ms`, unless the function that it returns was called before. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** While a command is under way every step of it is seen soon. */
const SOON_MS = 300;
const USUAL_MS = 3_000;
/** A command that came no further in this time is waited for at leisure. */
const FRESH_MS = 60_000;
/** A desk of this many bots is read less often. */
const MANY_BOTS = 200;

/** Reads what everything may do, one read at a time: soon while a command is under way, else now and then. */
export class ControlsFeed {
  readonly cell = new Cell<ControlsReading>({ data: undefined, atMs: 0, trouble: undefined });
  readonly #options: ControlsFeedOptions;
  #cancel: () => void = () => undefined;
  #isReading = false;
  #isWanted = false;
  #stopped = true;

  constructor(options: ControlsFeedOptions) {
    this.#options = options;
  }

  /** Reads from now on, until the function that it returns is called. */
  start(): () => void {
    this.#stopped = false;
    this.refresh();
    return () => {
      this.#stopped = true;
      this.#cancel();
    };
  }

  /** Reads now, or once more after the read that is on its way. */
  readonly refresh = (): void => {
    if (this.#stopped) return;
    this.#isWanted = true;
    if (!this.#isReading) void this.#readOnce();
  };

  async #readOnce(): Promise<void> {
    this.#cancel();
    this.#isReading = true;
    this.#isWanted = false;
    try {
      this.#say({ data: await this.#options.read(), atMs: this.#options.nowMs(), trouble: undefined });
    } catch (cause) {
      this.#say({ ...this.cell.get(), trouble: cause instanceof Error ? cause.message : String(cause) });
    }
    this.#isReading = false;
    if (this.#isWanted) return this.refresh();
    if (!this.#stopped) this.#cancel = this.#options.after(pauseMs(this.cell.get()), this.refresh);
  }

  #say(reading: ControlsReading): void {
    if (this.#stopped) return;
    this.cell.set(reading);
    this.cell.notify();
  }
}

function pauseMs({ data, trouble }: ControlsReading): number {
  if (data === undefined || trouble !== undefined) return USUAL_MS;
  const nowMs = Date.parse(data.as_of);
  const isFresh = data.commands.some(
    (command) => isUnderWay(command) && nowMs - Date.parse(command.issued_at) < FRESH_MS,
  );
  return (isFresh ? SOON_MS : USUAL_MS) * (data.bots.length > MANY_BOTS ? 3 : 1);
}
