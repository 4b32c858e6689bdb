import type { ReactNode } from "react";
import { age, ageOver, duration } from "../../view/time-format.ts";
import { useElapsedS } from "../live/use-desk.ts";
import { Value } from "./value.tsx";

/** An age that goes on by itself: it was `ageS` at the local time `atMs`; amber over `limitS`. */
export function Age({
  ageS,
  atMs,
  limitS,
}: {
  readonly ageS: number;
  readonly atMs: number;
  readonly limitS?: number;
}): ReactNode {
  const seconds = ageS + useElapsedS(atMs);
  if (limitS === undefined) return <span>{age(seconds)}</span>;
  return <Value shown={ageOver(seconds, limitS)} />;
}

/** A duration that goes on by itself. */
export function Running({ seconds, atMs }: { readonly seconds: number; readonly atMs: number }): ReactNode {
  return <span>{duration(seconds + useElapsedS(atMs))}</span>;
}
