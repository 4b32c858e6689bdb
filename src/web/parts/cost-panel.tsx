import type { ReactNode } from "react";
import type { BotView } from "../../protocol/api.ts";
import { type CostComparison, type CostLine, costComparisons } from "../../view/cost-methods.ts";
import { usePerformance } from "../live/use-performance.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { Empty, Panel, Skeleton, Trouble } from "./panel.tsx";
import { Value } from "./value.tsx";

const columns: readonly Column<CostLine>[] = [
  { head: "Of all time", card: "title", cell: ({ term }) => term },
  {
    head: "Average cost",
    hint: "what is closed cost what all of it cost on average",
    numeric: true,
    cell: ({ average }) => <Value shown={average} />,
  },
  {
    head: "First in, first out",
    hint: "what is closed is what was bought first",
    numeric: true,
    cell: ({ fifo }) => <Value shown={fifo} />,
  },
  { head: "Difference", numeric: true, cell: ({ difference }) => <Value shown={difference} /> },
];

interface CostPanelProps {
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
}

/** What a bot made at average cost, and with the oldest lots closed first, side by side. */
export function CostPanel({ bot, mode }: CostPanelProps): ReactNode {
  return (
    <Panel title="Average cost and first in, first out" note={bot ?? "of one bot"}>
      {bot === undefined ? (
        <Empty title="Choose a bot">Lots are followed fill by fill: that is read for one bot at a time.</Empty>
      ) : (
        <Compared key={`${bot} ${mode}`} bot={bot} mode={mode} />
      )}
    </Panel>
  );
}

function Compared({ bot, mode }: CostPanelProps & { readonly bot: string }): ReactNode {
  const wanted = { bot, mode, window: "all" } as const;
  const average = usePerformance(wanted);
  const fifo = usePerformance({ ...wanted, method: "fifo" });
  const trouble = average.trouble ?? fifo.trouble;
  if (average.data === undefined || fifo.data === undefined) {
    if (trouble === undefined) return <Skeleton rows={3} />;
    const again = (): void => {
      average.again();
      fifo.again();
    };
    return (
      <Trouble title="Its fills could not be read one by one" retry={again}>
        {trouble}
      </Trouble>
    );
  }
  const comparisons = costComparisons(average.data, fifo.data);
  if (comparisons.length === 0) return <Empty title="It made nothing yet">No fill came.</Empty>;
  return comparisons.map((each) => <OfCurrency key={each.currency} comparison={each} />);
}

function OfCurrency({ comparison }: { readonly comparison: CostComparison }): ReactNode {
  const { currency, lines, words } = comparison;
  return (
    <section aria-label={`In ${currency}`} data-cost={currency} className="border-n4 border-b last:border-b-0">
      <h3 className="px-3 pt-2 text-13 text-n12">{currency}</h3>
      <DataTable slim label={`Both ways in ${currency}`} columns={columns} rows={lines} rowKey={({ term }) => term} />
      <p className="px-3 py-2 text-12 text-n10">{words}</p>
    </section>
  );
}
