import type { Schedule } from "./outlet.ts";

const ROUND_MS = 5;
const POLL_MS = 50;

/**
 * What asks for a round of `run`: the first comes at once, further ones at least 5 ms apart, and another each 50 ms while
 * `run` says that somebody still has to drain.
 */
export function createRound(schedule: Schedule, run: () => boolean): () => void {
  let state: "idle" | "due" | "resting" = "idle";
  let again = false;
  let polling = false;
  const begin = (): void => {
    state = "resting";
    again = false;
    if (run() && !polling) {
      polling = true;
      schedule(() => {
        polling = false;
        ask();
      }, POLL_MS);
    }
    schedule(() => {
      state = "idle";
      if (again) ask();
    }, ROUND_MS);
  };
  const ask = (): void => {
    if (state === "resting") again = true;
    if (state !== "idle") return;
    state = "due";
    schedule(begin, 0);
  };
  return ask;
}
