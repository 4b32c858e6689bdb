import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Waterfall, WaterfallBar } from "../../view/pnl-waterfall.ts";
import type { EventFilter } from "../../view/event-filter.ts";
import { Value } from "./value.tsx";

interface WaterfallTableProps {
  readonly fall: Waterfall;
  /** What the events behind a bar are narrowed to, but for their type. */
  readonly filter: EventFilter;
}

/** Why equity in one currency changed: a bar for each term from where the last one ended, each with a way to its events. */
export function WaterfallTable({ fall, filter }: WaterfallTableProps): ReactNode {
  const bars = [...fall.bars, fall.residual, fall.total];
  return (
    <table className="waterfall" aria-label={`Why equity in ${fall.currency} changed`} data-waterfall={fall.currency}>
      <thead className="sr-only">
        <tr>
          <th scope="col">Term</th>
          <th scope="col">Bar</th>
          <th scope="col">{fall.currency}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.name} data-row="" tabIndex={-1} data-term={bar.name} className="data-row">
            <th scope="row" title={bar.hint}>
              <BarLink bar={bar} filter={filter} />
            </th>
            {bar.shown.reason === undefined ? (
              <>
                <td>
                  <Bar bar={bar} zero={fall.zero} />
                </td>
                <td className="waterfall-value">
                  <Value shown={bar.shown} flash />
                </td>
              </>
            ) : (
              <td colSpan={2} className="waterfall-value text-12 text-n9" data-unknown="">
                {bar.shown.reason}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const linkClass = "underline decoration-n7 underline-offset-2 hover:decoration-n11 hover:text-n12";

function BarLink({ bar, filter }: { readonly bar: WaterfallBar; readonly filter: EventFilter }): ReactNode {
  if (bar.name === "unrealized") {
    return (
      <Link to="/exposure" search={{ view: "positions" }} className={linkClass}>
        {bar.label}
      </Link>
    );
  }
  if (bar.events === undefined) return bar.label;
  return (
    <Link to="/events" search={{ ...filter, type: bar.events }} className={linkClass}>
      {bar.label}
    </Link>
  );
}

const share = (part: number): string => `${Math.round(part * 10_000) / 100}%`;

function Bar({ bar: { name, shown, span }, zero }: { readonly bar: WaterfallBar; readonly zero: number }): ReactNode {
  return (
    <div className="waterfall-track" aria-hidden="true">
      <span className="waterfall-zero" style={{ left: share(zero) }} />
      {span !== undefined && span.to > span.from && (
        <span
          className="waterfall-bar"
          data-kind={name === "residual" || name === "equity" ? name : shown.text.startsWith("+") ? "up" : "down"}
          style={{ left: share(span.from), width: share(span.to - span.from) }}
        />
      )}
    </div>
  );
}
