import type { ReactNode } from "react";
import type { ExecutionAnswer, UnfilledReason } from "../../protocol/api-execution.ts";
import type { WireMeasure } from "../../protocol/api-money.ts";
import { measureText } from "../../view/measure-text.ts";
import { count, fixed } from "../../view/number-format.ts";
import { plain, type Shown } from "../../view/shown.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { Fact, Facts } from "./facts.tsx";
import { Empty } from "./panel.tsx";
import { Value } from "./value.tsx";

const columns: readonly Column<UnfilledReason>[] = [
  { head: "Reason", card: "title", cell: ({ reason }) => <span className="text-n12">{reason}</span> },
  { head: "Of", cell: ({ of }) => (of === "order" ? "orders" : "quotes") },
  { head: "Ended", cell: ({ outcome }) => outcome.replaceAll("_", " ") },
  { head: "How often", numeric: true, cell: ({ count: often }) => <Value shown={count(often)} /> },
];

/** How orders and quotes ended, how long that took, and the reasons of what was not filled. */
export function UnfilledPanel({ answer }: { readonly answer: ExecutionAnswer }): ReactNode {
  const { orders, quotes, unfilled } = answer;
  return (
    <div className="grid gap-px bg-n4 @min-[58rem]:grid-cols-[26rem_minmax(0,1fr)]">
      <div className="min-w-0 bg-n2">
        <Facts>
          <Fact term="Orders placed">
            {!orders.complete && <span className="text-12 text-stale">⚠ the newest </span>}
            <Value shown={count(orders.placed)} />
          </Fact>
          <Fact term="filled, in part">
            <Value shown={count(orders.filled)} />, <Value shown={count(orders.partially_filled)} />
          </Fact>
          <Fact term="cancelled, rejected, expired">
            <Value shown={count(orders.cancelled)} />, <Value shown={count(orders.rejected)} />,{" "}
            <Value shown={count(orders.expired)} />
          </Fact>
          <Fact term="Placed to acknowledged, p50 and p95 s">
            <Value shown={seconds(orders.placed_to_acknowledged_s.p50)} />,{" "}
            <Value shown={seconds(orders.placed_to_acknowledged_s.p95)} />
          </Fact>
          <Fact term="Placed to filled, p50 and p95 s">
            <Value shown={seconds(orders.placed_to_filled_s.p50)} />,{" "}
            <Value shown={seconds(orders.placed_to_filled_s.p95)} />
          </Fact>
          <Fact term="Hit rate of quotes %">
            <Value shown={measureText(quotes.all.hit_rate, (value) => plain(fixed(value, 1)))} />
            {quotes.all.hit_rate.ci !== undefined && (
              <span className="text-12 text-n9">
                {" "}
                [{fixed(quotes.all.hit_rate.ci.low, 1)}, {fixed(quotes.all.hit_rate.ci.high, 1)}]
              </span>
            )}{" "}
            <span className="text-12 text-n9">n={quotes.all.ended}</span>
          </Fact>
          <Fact term="Fill factor, computed and configured">
            <Value shown={measureText(quotes.fill_factor.realized, ratio)} />,{" "}
            <Value shown={measureText(quotes.fill_factor.configured, ratio)} />
          </Fact>
        </Facts>
      </div>
      <div className="@container min-w-0 bg-n2">
        {unfilled.length === 0 ? (
          <Empty title="Nothing was left unfilled, or nobody said why" />
        ) : (
          <DataTable
            label="Why some were not filled"
            columns={columns}
            rows={unfilled}
            rowKey={({ of, outcome, reason }) => `${of} ${outcome} ${reason}`}
          />
        )}
      </div>
    </div>
  );
}

const ratio = (value: number): Shown => plain(fixed(value, 3));
const seconds = (measure: WireMeasure): Shown =>
  measureText(measure, (value) => plain(fixed(value, value < 10 ? 3 : 1)));
