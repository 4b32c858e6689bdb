import type { ReactNode } from "react";
import type { Curve, CurvePoint } from "../../view/markout-curve.ts";

interface MarkoutCurveProps {
  readonly curve: Curve;
  readonly label: string;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** Mean markouts over their horizons, with where chance alone leaves each; every point says what it is. */
export function MarkoutCurve({ curve, label }: MarkoutCurveProps): ReactNode {
  const { points, zero, top, bottom } = curve;
  return (
    <figure aria-label={label} className="px-3 pt-3 pb-2" data-curve={points.length}>
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
        <p className="flex flex-col justify-between text-right text-12 text-n9" aria-hidden="true">
          <span>{top}</span>
          <span>{bottom}</span>
        </p>
        <div className="relative h-52 border-n5 border-l">
          <div className="absolute inset-x-0 border-n7 border-t" style={{ top: percent(zero) }} aria-hidden="true" />
          <div className="absolute inset-y-0 right-6 left-6">
            <svg
              viewBox="0 0 100 100"
              preserveAspectRatio="none"
              aria-hidden="true"
              className="absolute inset-0 h-full w-full overflow-visible text-n11"
            >
              <path
                d={points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x * 100} ${y * 100}`).join("")}
                fill="none"
                stroke="currentcolor"
                strokeWidth="1.5"
                vectorEffect="non-scaling-stroke"
              />
            </svg>
            <ul aria-label="Mean markouts">
              {points.map((point) => (
                <Point key={point.label} point={point} />
              ))}
            </ul>
          </div>
        </div>
        <span />
        <p className="relative mx-6 mt-1 h-4 text-12 text-n9" aria-hidden="true">
          {points.map(({ label: text, x }) => (
            <span key={text} className="absolute -translate-x-1/2 whitespace-nowrap" style={{ left: percent(x) }}>
              {text}
            </span>
          ))}
        </p>
      </div>
    </figure>
  );
}

function Point({ point: { x, y, range, words } }: { readonly point: CurvePoint }): ReactNode {
  return (
    <li title={words} className="absolute inset-y-0 w-4 -translate-x-1/2" style={{ left: percent(x) }}>
      <span className="sr-only">{words}</span>
      {range !== undefined && (
        <span
          aria-hidden="true"
          className="absolute left-1/2 w-0 -translate-x-1/2 border-n9 border-l-2"
          style={{ top: percent(range.high), height: percent(range.low - range.high) }}
        />
      )}
      <span
        aria-hidden="true"
        className="-translate-x-1/2 -translate-y-1/2 absolute left-1/2 h-2 w-2 rounded-full bg-n12"
        style={{ top: percent(y) }}
      />
    </li>
  );
}
