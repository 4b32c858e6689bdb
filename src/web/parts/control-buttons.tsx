import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ControlState, ControlTarget } from "../../protocol/api-control.ts";
import { actionMeans, CONTROL_ACTIONS, targetWords } from "../../view/control-words.ts";
import { useControls } from "../live/use-controls.ts";

interface ControlButtonsProps {
  readonly target: ControlTarget;
  /** What the target may do now: what runs cannot be resumed. */
  readonly state: ControlState;
  readonly size?: "small" | "large";
}

/** Pause, halt, flatten and resume; absent where nobody may act. */
export function ControlButtons({ target, state, size = "small" }: ControlButtonsProps): ReactNode {
  const { ask, refusal } = useControls();
  if (refusal !== undefined) return null;
  const isLarge = size === "large";
  return (
    <fieldset aria-label={`Control ${targetWords(target)}`} className="flex flex-wrap gap-1">
      {CONTROL_ACTIONS.filter(({ action }) => action !== "resume" || state !== "running").map(({ action, label }) => (
        <button
          key={action}
          type="button"
          title={actionMeans(action)}
          aria-label={`${label} ${targetWords(target)}`}
          onClick={() => ask({ action, target })}
          className={`control-button ${isLarge ? "is-large" : ""}`}
          data-action={action}
        >
          {label}
          {isLarge && "all" in target && " all"}
        </button>
      ))}
    </fieldset>
  );
}

/** Why nobody may act here, and the way to where that can be changed; nothing where they may. */
export function ControlRefused(): ReactNode {
  const { refusal } = useControls();
  if (refusal === undefined) return null;
  return (
    <p className="text-n10" data-refused="">
      <span aria-hidden="true">□ </span>
      {refusal.words}{" "}
      {refusal.to !== undefined && (
        <Link
          to={refusal.to}
          {...(refusal.to === "/" ? { search: { replay: undefined } } : {})}
          className="whitespace-nowrap text-n12 underline underline-offset-2"
        >
          {refusal.link}
        </Link>
      )}
    </p>
  );
}
