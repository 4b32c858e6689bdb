import type { ChildProcess } from "node:child_process";
import { z } from "zod";
import type { DeskAnswer } from "../../protocol/api-sessions.ts";
import { endProcess, lastWords, startCommand } from "./own-program.ts";

export interface GeneratorOptions {
  readonly url: string;
  readonly seed: number;
  readonly hours: number;
  /** 1 is as busy as a desk of four bots is. */
  readonly speed: number;
  /** A directory without settings of the real hub. */
  readonly directory: string;
  readonly onChange: (state: GeneratorState) => void;
  readonly onDied: (why: string) => void;
}

export type GeneratorState = NonNullable<DeskAnswer["demo"]>;

/** About so many events tell the past, however long it is: they are there within seconds. */
const PAST_EVENTS = 110_000;

const news = z.object({ state: z.literal("live"), past_until: z.string() });

/** The simulator in a process of its own, which tells the demo hub over HTTP as any bot would. */
export class Generator {
  readonly #options: GeneratorOptions;
  readonly #child: ChildProcess;
  #state: GeneratorState;
  #asked = false;

  constructor(options: GeneratorOptions) {
    const { url, seed, hours, speed, directory } = options;
    this.#options = options;
    this.#state = { state: "filling", seed };
    const past = ["--hours", String(hours), "--events", String(PAST_EVENTS)];
    const args = ["simulate", "--live", "--mode", "demo", "--seed", String(seed), "--activity", String(speed)];
    this.#child = startCommand([...args, ...past, "--url", url], directory);
    const words = lastWords(this.#child);
    this.#child.on("message", (message) => {
      const said = news.safeParse(message);
      if (said.success) this.#change({ seed, ...said.data });
    });
    this.#child.once("error", (error) => this.#died(error.message));
    this.#child.once("exit", (code, signal) => this.#died(`${words()} (${code ?? signal})`.trim()));
  }

  get state(): GeneratorState {
    return this.#state;
  }

  /** Lets its bots say goodbye, unless nobody will read it. */
  async stop({ atOnce }: { readonly atOnce: boolean }): Promise<void> {
    this.#asked = true;
    if (atOnce) this.#child.kill("SIGKILL");
    await endProcess(this.#child);
  }

  #change(state: GeneratorState): void {
    this.#state = state;
    this.#options.onChange(state);
  }

  #died(why: string): void {
    if (this.#state.state === "stopped") return;
    this.#change({ ...this.#state, state: "stopped" });
    if (!this.#asked) this.#options.onDied(why);
  }
}
