import type { ReadStream } from "node:tty";
import type { Replay } from "../../hub/replay/replay.ts";
import type { ReplayControl } from "../../protocol/api-sessions.ts";

/** What a key does while a replay plays in a terminal; undefined for any other. */
export function controlOf(key: string, { state, at_seq }: Replay["view"]): ReplayControl | "quit" | undefined {
  switch (key) {
    case " ":
      return { action: state === "playing" ? "pause" : "play" };
    case "\u001b[C":
      return { action: "step", events: 1 };
    case "\u001b[D":
      return { action: "seek_seq", seq: Math.max(0, at_seq - 1) };
    case "q":
    case "\u0003":
      return "quit";
    default:
      return undefined;
  }
}

/** Lets the keys of a terminal control the replay; returns the way to stop. `quit` is called for q and Ctrl-C. */
export function listenToKeys(terminal: ReadStream, replay: Replay, quit: () => void): () => void {
  const onKey = (bytes: Buffer): void => {
    const control = controlOf(bytes.toString(), replay.view);
    if (control === "quit") quit();
    else if (control?.action === "seek_seq")
      void replay.control({ action: "pause" }).then(() => replay.control(control));
    else if (control !== undefined) void replay.control(control);
  };
  terminal.setRawMode(true);
  terminal.on("data", onKey);
  return () => {
    terminal.off("data", onKey);
    terminal.setRawMode(false);
    terminal.pause();
  };
}
