import type { Left } from "./evidence.ts";
import type { Acknowledgement, ControlState, HubCommand } from "./orders.ts";

/** What a handler is told. */
export interface Command extends HubCommand {
  /** What the bot may do from now on; already so when the handler is called. */
  readonly state: ControlState;
  /** Whether the client itself gave it because the hub is away. */
  readonly local: boolean;
}

/** Does what a command asks: cancels orders, closes positions. What it throws is told to the hub. */
export type CommandHandler =
  | ((command: Command) => Left | undefined | Promise<Left | undefined>)
  | ((command: Command) => void)
  | ((command: Command) => Promise<void>);

export interface CommandRunnerOptions {
  readonly acknowledge: (acknowledgement: Acknowledgement) => void;
  /** What the bot may do at this moment. */
  readonly stateNow: () => ControlState;
  /** Resolves when what the command changed would survive a restart. */
  readonly kept: () => Promise<void>;
  /** The hub has the acknowledgement, or there is nobody to give it to. */
  readonly onDone: (command: Command, left: Left | undefined) => void;
  readonly onProblem: (error: unknown) => void;
}

interface Run {
  readonly command: Command;
  state: "waiting" | "running" | "done" | "acknowledged";
  left: Left | undefined;
  error: string | undefined;
  doneAt: string;
}

const KNOWN_MAX = 1_000;
const ERROR_MAX = 1_000;

/** Runs the bot's handler once for each command, however often the hub says it, and acknowledges what it did. */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;
  readonly #runs = new Map<string, Run>();
  #handler: CommandHandler | undefined;
  #inTurn: Run[] = [];

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
  }

  /** Commands that are under way, or whose acknowledgement the hub has not confirmed. */
  get pending(): number {
    let count = 0;
    for (const { state } of this.#runs.values()) if (state !== "acknowledged") count++;
    return count;
  }

  set handler(handler: CommandHandler) {
    this.#handler = handler;
    for (const run of this.#runs.values()) if (run.state === "waiting") this.#start(run);
  }

  knows(commandId: string): boolean {
    return this.#runs.has(commandId);
  }

  /** `asks`: the hub surely has no acknowledgement; else what it says may have crossed one that is on its way. */
  take(command: Command, asks: boolean): void {
    const known = this.#runs.get(command.command_id);
    if (known !== undefined) return this.#again(known, asks);
    const run: Run = { command, state: "waiting", left: undefined, error: undefined, doneAt: "" };
    this.#runs.set(command.command_id, run);
    this.#forgetOldest();
    // Without a handler nobody cancels or closes anything, so nothing is acknowledged; pause and resume need the flag alone.
    const flagSuffices = command.action === "pause" || command.action === "resume";
    if (this.#handler !== undefined || flagSuffices) this.#start(run);
  }

  /** The hub confirms it. */
  acknowledged(commandId: string): void {
    const run = this.#runs.get(commandId);
    if (run?.state === "done") this.#finish(run);
  }

  /** The hub says all that it waits for: what it does not name it has, or wants no more. */
  awaited(commandIds: ReadonlySet<string>): void {
    for (const [id, run] of this.#runs) if (run.state === "done" && !commandIds.has(id)) this.#finish(run);
  }

  /** It asks although it was told: the answer was lost, or it begins anew with the bot and wants it proven again. */
  #again(run: Run, asks: boolean): void {
    if (run.state !== "acknowledged" && !(run.state === "done" && asks)) return;
    run.state = "done";
    this.#acknowledge(run);
  }

  #acknowledge({ command, error, doneAt }: Run): void {
    this.#options.acknowledge({ commandId: command.command_id, error, doneAt });
  }

  #start(run: Run): void {
    run.state = "running";
    const { action } = run.command;
    // Nothing that hangs may hold up a halt.
    if (action === "halt" || action === "flatten") return void this.#run(run, this.#handler);
    this.#inTurn.push(run);
    if (this.#inTurn.length === 1) void this.#runInTurn(this.#handler);
    return undefined;
  }

  async #runInTurn(first: CommandHandler | undefined): Promise<void> {
    let handler = first;
    for (let run = this.#inTurn[0]; run !== undefined; run = this.#inTurn[0]) {
      await this.#run(run, handler);
      this.#inTurn.shift();
      const next = this.#inTurn[0];
      // A halt overtook it while it waited: nobody is to start anything again now.
      const overtaken = next?.command.action === "resume" && this.#options.stateNow() !== "running";
      handler = overtaken ? undefined : this.#handler;
    }
  }

  /** Never rejects. */
  async #run(run: Run, handler: CommandHandler | undefined): Promise<void> {
    try {
      run.left = (await handler?.(run.command)) || undefined;
    } catch (error) {
      run.error = textOf(error).slice(0, ERROR_MAX);
      this.#options.onProblem(error);
    }
    run.doneAt = new Date().toISOString();
    await this.#options.kept();
    run.state = "done";
    if (run.command.local) return this.#finish(run);
    this.#acknowledge(run);
  }

  #finish(run: Run): void {
    run.state = "acknowledged";
    const { left } = run;
    run.left = undefined;
    this.#options.onDone(run.command, left);
  }

  #forgetOldest(): void {
    if (this.#runs.size <= KNOWN_MAX) return;
    for (const [id, run] of this.#runs) {
      if (run.state !== "acknowledged" && this.#runs.size < KNOWN_MAX * 2) continue;
      this.#runs.delete(id);
      return;
    }
  }
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error && error.message !== "" ? error.message : String(error);
  } catch {
    // A bot may throw anything, also what cannot be turned into words.
    return "the handler threw something that cannot be read";
  }
}
