import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { err, ok, type Result } from "../../base/result.ts";
import type { DemoStarter } from "../../http/routes/demo.ts";
import { type DemoDeskView, demoDeskView } from "../../protocol/api-sessions.ts";
import { demoDirectory } from "./demo-store.ts";
import { endProcess, lastWords, startCommand } from "./own-program.ts";

const running = demoDeskView.extend({ url: z.string() });

/** Starts a demo desk beside an ordinary hub, at most one, in a process of its own that ends with this one. */
export class DemoProcess implements DemoStarter {
  readonly #dataDir: string;
  #child: ChildProcess | undefined;
  #started: Promise<Result<DemoDeskView, string>> | undefined;
  #view: DemoDeskView = { state: "none" };

  constructor(dataDir: string) {
    this.#dataDir = resolve(dataDir);
  }

  readonly view = (): DemoDeskView => this.#view;

  readonly start = (): Promise<Result<DemoDeskView, string>> => {
    this.#started ??= this.#start();
    return this.#started;
  };

  async stop(): Promise<void> {
    if (this.#child !== undefined) await endProcess(this.#child);
  }

  async #start(): Promise<Result<DemoDeskView, string>> {
    mkdirSync(this.#dataDir, { recursive: true, mode: 0o700 });
    const child = startCommand(["demo", "--port", "0", "--data-dir", this.#dataDir], this.#dataDir);
    const words = lastWords(child);
    this.#child = child;
    return new Promise((settle) => {
      const ended = (why: string): void => {
        this.#view = { state: "none" };
        this.#child = undefined;
        this.#started = undefined;
        settle(err(`The demo in ${demoDirectory(this.#dataDir)} did not start: ${why}`));
      };
      child.on("message", (message) => {
        const said = running.safeParse(message);
        if (!said.success) return;
        this.#view = said.data;
        settle(ok(said.data));
      });
      child.once("error", (error) => ended(error.message));
      child.once("exit", (code, signal) => ended(words() || `it ended with ${code ?? signal}`));
    });
  }
}
