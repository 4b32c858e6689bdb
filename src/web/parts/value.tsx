import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { explanation, type Shown, type Tone } from "../../view/shown.ts";

const toneClasses: Record<Tone, string> = {
  neutral: "",
  muted: "text-n9",
  up: "text-up",
  down: "text-down",
  ok: "text-ok",
  stale: "text-stale",
  bad: "text-bad",
  paper: "text-paper",
  demo: "text-demo",
};

/** The class that gives a tone its colour. */
export const toneClass = (tone: Tone): string => toneClasses[tone];

/** A value in its tone; what it leaves out is told on hover and to screen readers. Flashes when it changes, if asked to. */
export function Value({ shown, flash = false }: { readonly shown: Shown; readonly flash?: boolean }): ReactNode {
  const more = explanation(shown);
  const ref = useFlash<HTMLSpanElement>(flash ? shown.text : undefined);
  if (shown.reason !== undefined) {
    return (
      <span ref={ref} className="text-n9" title={more} data-unknown="">
        <span aria-hidden="true">{shown.text}</span>
        <span className="sr-only">{more}</span>
      </span>
    );
  }
  return (
    <span ref={ref} className={`rounded ${toneClasses[shown.tone]}`} title={more}>
      {shown.text}
    </span>
  );
}

const FLASH_MS = 480;
/** A ground on which every tone keeps its contrast; its edge is what is seen. */
const FLASH = {
  tint: { backgroundColor: "var(--n4)", boxShadow: "0 0 0 1px var(--n6)" },
  none: { backgroundColor: "transparent", boxShadow: "0 0 0 1px transparent" },
};
/** At most two flashes a second. */
const FLASH_EVERY_MS = 500;

/** Flashes the element once, softly, whenever `text` changes; never where motion is not wanted. */
function useFlash<E extends HTMLElement>(text: string | undefined): RefObject<E | null> {
  const ref = useRef<E>(null);
  const before = useRef(text);
  const lastMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (before.current === text) return;
    const first = before.current === undefined;
    before.current = text;
    const at = performance.now();
    if (first || at - lastMs.current < FLASH_EVERY_MS || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    lastMs.current = at;
    const { tint, none } = FLASH;
    ref.current?.animate([tint, { ...tint, offset: 0.75 }, none], FLASH_MS);
  }, [text]);
  return ref;
}
