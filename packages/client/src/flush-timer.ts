/** So long an event that comes after a pause waits for what belongs to it. */
const GATHER_MS = 5;
/** A disk is looked after in such steps while nothing waits. */
const TEND_MS = 1000;

interface FlushTimerOptions {
  /** Between two flushes while events keep coming; also the longest that an event waits. */
  readonly everyMs: number;
  /** Whether a flush is due now and then although nothing waits. */
  readonly tends: boolean;
  /** Begins to send what waits; returns at once. */
  readonly flush: () => void;
  /** Whether something waits still, or is under way, since the flush before. */
  readonly isBusy: () => boolean;
}

/**
 * Says when to send: soon after an event that comes after a pause, then at most once an interval while events keep coming,
 * and not at all while there is nothing to send: a wake-up costs a bot more than the events of a second. Never keeps the
 * process alive.
 */
export class FlushTimer {
  readonly #options: FlushTimerOptions;
  #timer: NodeJS.Timeout | undefined;
  #asked = false;
  /** No interval is under way. */
  #paused = true;
  #stopped = false;

  constructor(options: FlushTimerOptions) {
    this.#options = options;
    if (options.tends) this.#wait(GATHER_MS);
  }

  /** Something waits. Cheap when that was said before. */
  ask(): void {
    if (this.#asked || this.#stopped) return;
    this.#asked = true;
    if (!this.#paused) return;
    this.#paused = false;
    this.#wait(Math.min(GATHER_MS, this.#options.everyMs));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fire(), ms);
    this.#timer.unref();
  }

  #fire(): void {
    const { everyMs, tends, flush, isBusy } = this.#options;
    this.#paused = !this.#asked && !isBusy();
    this.#asked = false;
    if (!this.#paused) this.#wait(everyMs);
    else if (tends) this.#wait(TEND_MS);
    if (!this.#paused || tends) flush();
  }
}
