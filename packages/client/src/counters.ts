/** What a reporter did so far, in events unless said otherwise. */
export interface ReporterStats {
  /** Handed in by the bot, heartbeats of the reporter itself not counted. */
  readonly reported: number;
  /** Answered by the hub, in whatever way. */
  readonly sent: number;
  /** Of those, taken in by the hub (repeats that it knew already among them). */
  readonly accepted: number;
  /** Lost here: no room in memory or on disk, or the reporter was closed. `droppedSamples` of them are samples. */
  readonly dropped: number;
  readonly droppedSamples: number;
  /** On disk, waiting for the hub. */
  readonly spooled: number;
  /** In memory, waiting to be sent. */
  readonly queued: number;
  /** Requests that were repeated. */
  readonly retries: number;
  /** Refused by the hub, or not an event at all. */
  readonly rejected: number;
  /** The last thing that went wrong; undefined when nothing ever did. Never holds the key. */
  readonly lastError: string | undefined;
}

/** The counters behind `ReporterStats`. */
export class Counters {
  reported = 0;
  sent = 0;
  accepted = 0;
  dropped = 0;
  droppedSamples = 0;
  retries = 0;
  rejected = 0;
  lastError: string | undefined;

  /** Keeps what an error says. */
  note(error: unknown): void {
    this.lastError = (error instanceof Error ? error.message : String(error)).slice(0, 500);
  }

  drop(count: number, samples: number): void {
    this.dropped += count;
    this.droppedSamples += samples;
  }
}
