import { createContext, useContext, useMemo } from "react";
import type { ControlAction, ControlTarget, ControlState } from "../../protocol/api-control.ts";
import { useCell, useDesk } from "./use-desk.ts";

/** What somebody wants to ask of bots. */
export interface ControlWanted {
  readonly action: ControlAction;
  readonly target: ControlTarget;
}

/** How to ask something of bots. */
export interface Controls {
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

/** What may be done at each venue that is held, by name. */
export function useVenueStates(): ReadonlyMap<string, ControlState> {
  const venues = useCell(useDesk().controls)?.venues;
  return useMemo(
    () => new Map((venues ?? []).filter(({ state }) => state !== "running").map(({ venue, state }) => [venue, state])),
    [venues],
  );
}
