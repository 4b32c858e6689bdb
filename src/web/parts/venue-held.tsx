import type { ReactNode } from "react";
import { controlMark, STATE_MEANS } from "../../view/control-words.ts";
import { useVenueStates } from "../live/use-controls.ts";
import { Mark } from "./marks.tsx";
import { toneClass } from "./value.tsx";

interface VenueHeldProps {
  readonly venue: string;
  /** The sign alone, its word for screen readers and on hover. */
  readonly terse?: boolean;
}

/** What holds trading at a venue; nothing where nothing does. */
export function VenueHeld({ venue, terse = false }: VenueHeldProps): ReactNode {
  const state = useVenueStates().get(venue);
  if (state === undefined) return null;
  const mark = controlMark(state);
  const title = `trading at ${venue} is held: ${STATE_MEANS[state]}`;
  if (!terse) return <Mark mark={mark} title={title} />;
  return (
    <span className={toneClass(mark.tone)} title={title} data-venue-held={state}>
      <span aria-hidden="true">{mark.sign}</span>
      <span className="sr-only">{mark.word}</span>
    </span>
  );
}
