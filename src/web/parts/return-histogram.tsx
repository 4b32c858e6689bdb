import type { ReactNode } from "react";
import type { DayReturn } from "../../protocol/api-statistics.ts";
import { signedFixed } from "../../view/number-format.ts";
import { binWords, returnBins } from "../../view/return-course.ts";
import { Empty } from "./panel.tsx";

/** How often daily returns lie where, as bars that each say what they are. */
export function ReturnHistogram({ daily }: { readonly daily: readonly DayReturn[] }): ReactNode {
  const bins = returnBins(daily);
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return <Empty title="No daily return in this time" />;
  const zero = -first.low / (last.high - first.low);
  const most = Math.max(...bins.map(({ count }) => count));
  return (
    <div className="px-3 py-3">
      <div className="flex items-baseline justify-between text-12 text-n9">
        <span>{most === 1 ? "1 day" : `${most} days`}</span>
      </div>
      <ul aria-label="Distribution of daily returns" className="flex h-44 items-end gap-px border-n7 border-b">
        {bins.map((bin) => (
          <li key={bin.low} title={binWords(bin)} className="flex h-full min-w-0 flex-1 items-end" data-bin={bin.count}>
            <span className="sr-only">{binWords(bin)}</span>
            <span
              aria-hidden="true"
              className={`block w-full rounded-t-[1px] ${bin.low >= 0 ? "bg-up/75" : "bg-down/75"}`}
              style={{ height: `${bin.share * 100}%` }}
            />
          </li>
        ))}
      </ul>
      <p className="relative flex justify-between text-12 text-n9" aria-hidden="true">
        <span>{signedFixed(first.low * 100, 2)} %</span>
        {zero > 0.2 && zero < 0.8 && (
          <span className="-translate-x-1/2 absolute" style={{ left: `${zero * 100}%` }}>
            0
          </span>
        )}
        <span>{signedFixed(last.high * 100, 2)} %</span>
      </p>
    </div>
  );
}
