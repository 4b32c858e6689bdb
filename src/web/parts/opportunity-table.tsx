import { type ReactNode, useMemo } from "react";
import type { OpportunityView } from "../../protocol/api-trading.ts";
import { actionMark, type OpportunityRow, opportunityRow } from "../../view/opportunity-row.ts";
import { reasonWords } from "../../view/opportunity-row.ts";
import { moment, momentMs } from "../../view/time-format.ts";
import { useDeskNowMs } from "../live/use-desk.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { dayOf } from "./fill-table.tsx";
import { Mark, RowMode } from "./marks.tsx";
import { Value } from "./value.tsx";

interface Row {
  readonly opportunity: OpportunityView;
  readonly shown: OpportunityRow;
  readonly todayMs: number;
}

const columns: readonly Column<Row>[] = [
  {
    head: "Market",
    card: "title",
    grows: true,
    cell: ({ shown, opportunity }) => (
      <span className="flex items-center gap-2">
        <span className="truncate text-n12">
          <Value shown={shown.market} />
        </span>
        <RowMode mode={opportunity.mode} />
      </span>
    ),
  },
  {
    head: "Time UTC",
    hint: "when it was first seen, in the bot's time",
    cell: ({ opportunity, todayMs }) => <Value shown={moment(opportunity.timestamp, todayMs)} />,
  },
  { head: "Bot", cell: ({ opportunity }) => opportunity.bot },
  {
    head: "Edge",
    hint: "in basis points or in cents, as the bot gave it",
    numeric: true,
    cell: ({ shown }) => <Value shown={shown.edge} />,
  },
  { head: "Confidence", cell: ({ shown }) => <Value shown={shown.confidence} /> },
  { head: "Action", cell: ({ shown }) => <Mark mark={shown.action} /> },
  { head: "Reason", card: "wide", wraps: true, cell: ({ shown }) => <Value shown={shown.reason} /> },
  { head: "Steps", card: "wide", cell: ({ opportunity }) => <Steps opportunity={opportunity} /> },
];

const shortHeads = new Set(["Market", "Time UTC", "Edge", "Action", "Reason"]);
const shortColumns = columns
  .filter(({ head }) => shortHeads.has(head))
  .map((column) => (column.head === "Reason" ? shortReason(column) : column));

function shortReason({ wraps: _, ...column }: Column<Row>): Column<Row> {
  return { ...column, cell: (row) => <span className="block max-w-52 truncate">{column.cell(row)}</span> };
}

function Steps({ opportunity: { steps } }: { readonly opportunity: OpportunityView }): ReactNode {
  if (steps.length === 0) return <span className="text-n9">none</span>;
  return (
    <details className="text-left">
      <summary className="cursor-pointer text-n9 hover:text-n12">
        {steps.length} {steps.length === 1 ? "step" : "steps"}
      </summary>
      <ol className="mt-1 grid gap-0.5 border-n6 border-l pl-2 text-12">
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps stay in their order
          <li key={index} className="whitespace-normal">
            <span className="text-n9">{momentMs(step.at)}</span> <Mark mark={actionMark(step.action)} />
            {step.reason !== undefined && (
              <span className="text-n10" title={step.reason}>
                {" "}
                {reasonWords(step.reason)}
              </span>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

interface OpportunityTableProps {
  /** Newest first. */
  readonly opportunities: readonly OpportunityView[];
  readonly limit: number;
  /** Leaves out what a panel has no room for. */
  readonly short?: boolean;
}

/** Opportunities, those that were spoken of last first. */
export function OpportunityTable({ opportunities, limit, short = false }: OpportunityTableProps): ReactNode {
  const todayMs = dayOf(useDeskNowMs());
  const rows = useMemo(
    () =>
      opportunities
        .slice(0, limit)
        .map((opportunity) => ({ opportunity, shown: opportunityRow(opportunity), todayMs })),
    [opportunities, limit, todayMs],
  );
  return (
    <DataTable
      label="Opportunities"
      columns={short ? shortColumns : columns}
      rows={rows}
      rowKey={({ opportunity }) => `${opportunity.bot} ${opportunity.opportunity_id}`}
      rowData={({ opportunity }) => ({ "data-opportunity": opportunity.opportunity_id })}
    />
  );
}
