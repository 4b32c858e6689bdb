import { useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import type { ReplayControl, ReplayView } from "../../protocol/api-sessions.ts";
import { nextSpeed } from "../../view/replay-clock.ts";
import { controlReplay, endReplay, HubError } from "../live/hub-api.ts";
import { useDesk } from "../live/use-desk.ts";

/** What somebody who watches a replay can do with it. */
export interface Transport {
  /** Resolves once the hub has answered, also when it refused. */
  readonly tell: (control: ReplayControl) => Promise<void>;
  readonly toggle: (replay: ReplayView) => void;
  /** Ends the replay and goes back to the live desk. */
  readonly leave: () => Promise<void>;
  /** Why the last thing was not done. */
  readonly trouble: string | undefined;
}

/** The transport of the replay `id`. */
export function useTransport(id: string): Transport {
  const desk = useDesk();
  const navigate = useNavigate();
  const [trouble, setTrouble] = useState<string>();
  const tell = useCallback(
    async (control: ReplayControl): Promise<void> => {
      try {
        desk.onDelta("replay", await controlReplay(id, control));
        setTrouble(undefined);
      } catch (cause) {
        setTrouble(cause instanceof HubError ? cause.message : String(cause));
      }
    },
    [desk, id],
  );
  const toggle = useCallback(
    (replay: ReplayView): void => {
      void (async () => {
        if (replay.state === "ended" && replay.from !== null) await tell({ action: "seek", to: replay.from });
        await tell({ action: replay.state === "playing" ? "pause" : "play" });
      })();
    },
    [tell],
  );
  const leave = useCallback(async (): Promise<void> => {
    // Gone already, or out of reach: what counts is to be back on the live desk; the hub ends a replay by itself too.
    await endReplay(id).catch(() => undefined);
    await navigate({ to: "/", search: { replay: undefined } });
  }, [id, navigate]);
  return { tell, toggle, leave, trouble };
}

/** Does what a key means to a replay; false when it means nothing. */
export function transportKey(key: string, replay: ReplayView, { tell, toggle }: Transport): boolean {
  switch (key) {
    case " ":
    case "p":
      toggle(replay);
      return true;
    case ".":
      void tell({ action: "step", events: 1 });
      return true;
    case "[":
    case "]":
      void tell({ action: "speed", speed: nextSpeed(replay.speed, key === "]" ? 1 : -1) });
      return true;
    default:
      return false;
  }
}
