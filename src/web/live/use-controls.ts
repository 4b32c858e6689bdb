import { createContext, useContext, useMemo } from "react";
import type { ControlAction, ControlTarget, ControlState } from "../../protocol/api-control.ts";
import { Cell } from "./cell.ts";
import type { ControlsFeed, ControlsReading } from "./controls-feed.ts";
import { useCell } from "./use-desk.ts";

/** What somebody wants to ask of bots. */
export interface ControlWanted {
  readonly action: ControlAction;
  readonly target: ControlTarget;
}

/** What is controlled, and how to ask. */
export interface Controls {
  /** Undefined in a replay, in which nothing is controlled. */
  readonly feed: ControlsFeed | undefined;
  /** Opens the dialog, in which it is confirmed. */
  readonly ask: (wanted: ControlWanted) => void;
  /** Why nothing may be asked for here; undefined when it may. */
  readonly refusal: ControlRefusal | undefined;
}

/** Why nobody may act here, and where that can be changed. */
export interface ControlRefusal {
  readonly words: string;
  readonly to: "/sign-in" | "/set-up" | "/" | undefined;
  readonly link: string;
}

/** The controls of the page. */
export const ControlsContext = createContext<Controls | undefined>(undefined);

/** The controls of the page; throws outside of their provider. */
export function useControls(): Controls {
  const controls = useContext(ControlsContext);
  if (controls === undefined) throw new Error("useControls needs a ControlsContext above it");
  return controls;
}

const NOTHING = new Cell<ControlsReading>({ data: undefined, atMs: 0, trouble: undefined });

/** What everything may do, as it was read last; nothing in a replay. */
export function useControlled(): ControlsReading {
  return useCell(useControls().feed?.cell ?? NOTHING);
}

/** What may be done at each venue that is held, by name. */
export function useVenueStates(): ReadonlyMap<string, ControlState> {
  const venues = useControlled().data?.venues;
  return useMemo(
    () => new Map((venues ?? []).filter(({ state }) => state !== "running").map(({ venue, state }) => [venue, state])),
    [venues],
  );
}
