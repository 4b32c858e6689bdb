import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";

/**
 * What the file system says by itself of changes in directories. A hint only: network file systems say nothing, and the
 * number of watches is bounded; looking now and then is what finds every change.
 */
export class WatchHints {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onHint: (path: string, isName: boolean) => void;
  readonly #onProblem: (path: string, why: string) => void;

  /** `onHint`: a path may have changed; `isName` when a name came or went. */
  constructor(onHint: (path: string, isName: boolean) => void, onProblem: (path: string, why: string) => void) {
    this.#onHint = onHint;
    this.#onProblem = onProblem;
  }

  /** Watches these directories and no others. */
  watch(directories: readonly string[]): void {
    const wanted = new Set(directories);
    for (const [path, watcher] of this.#watchers) if (!wanted.has(path)) this.#drop(path, watcher);
    for (const path of wanted) if (!this.#watchers.has(path)) this.#add(path);
  }

  close(): void {
    for (const [path, watcher] of this.#watchers) this.#drop(path, watcher);
  }

  #add(path: string): void {
    try {
      const watcher = watch(path, { persistent: false }, (kind, name) =>
        this.#onHint(name === null ? path : join(path, name), kind === "rename"),
      );
      watcher.on("error", (error) => {
        this.#drop(path, watcher);
        this.#onProblem(path, error.message);
      });
      this.#watchers.set(path, watcher);
    } catch (error) {
      this.#onProblem(path, error instanceof Error ? error.message : String(error));
    }
  }

  #drop(path: string, watcher: FSWatcher): void {
    watcher.close();
    this.#watchers.delete(path);
  }
}
