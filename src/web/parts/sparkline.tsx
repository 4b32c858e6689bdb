import type { ReactNode } from "react";
import { sparkStrokes } from "../../view/metric-list.ts";

const WIDTH = 96;
const HEIGHT = 20;
const EDGE = 2;

/** A small line over time, which says how a number went and no more; the number stands beside it. */
export function Sparkline({ values }: { readonly values: readonly (number | null)[] }): ReactNode {
  const strokes = sparkStrokes(values);
  if (strokes.length === 0) return <span />;
  const path = strokes
    .map((points) =>
      points
        .map(({ x, y }, index) => {
          const [left, top] = [EDGE + x * (WIDTH - 2 * EDGE), EDGE + y * (HEIGHT - 2 * EDGE)];
          return `${index === 0 ? "M" : "L"}${left.toFixed(1)} ${top.toFixed(1)}`;
        })
        .join(""),
    )
    .join("");
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className="h-5 w-full text-n9"
      data-sparkline=""
    >
      <path d={path} fill="none" stroke="currentcolor" strokeWidth="1.25" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
