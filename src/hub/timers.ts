/** Time passing, handed in so that tests move it by hand. */
export interface Timers {
  /** Calls `run` every `ms`, never twice at once, until cancelled; returns the cancellation. */
  readonly every: (ms: number, run: () => void | Promise<void>) => () => void;
  /** Calls `run` once after `ms`, unless cancelled; returns the cancellation. */
  readonly after: (run: () => void, ms: number) => () => void;
  /** Resolves when everything else that is waiting has had its turn. */
  readonly breathe: () => Promise<void>;
}
