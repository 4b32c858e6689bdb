/** A value that screens watch. Setting it is silent; `notify` tells the watchers, so that many changes cost one render. */
export class Cell<T> {
  #value: T;
  readonly #watchers = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  set(value: T): void {
    this.#value = value;
  }

  /** Calls `watcher` at each `notify`, until the function that it returns is called. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  notify(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
