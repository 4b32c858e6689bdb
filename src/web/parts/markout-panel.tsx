import type { ReactNode } from "react";
import type { MarkoutGroup, MarkoutsAnswer } from "../../protocol/api-execution.ts";
import { horizonText, type MarkoutRow, markoutCurve, markoutRows } from "../../view/markout-curve.ts";
import { measureText } from "../../view/measure-text.ts";
import { bps, count } from "../../view/number-format.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { MarkoutCurve } from "./markout-curve.tsx";
import { Empty } from "./panel.tsx";
import { Value } from "./value.tsx";

interface MarkoutPanelProps {
  readonly answer: MarkoutsAnswer;
  /** The choice of what sets fills apart. */
  readonly cut: ReactNode;
}

/** What fills were worth later: the curve with its intervals, its numbers, and the same for parts of them. */
export function MarkoutPanel({ answer, cut }: MarkoutPanelProps): ReactNode {
  const { all, groups, marks } = answer;
  if (all.fills === 0)
    return <Empty title="No fill in this time">Markouts follow from fills and recorded marks.</Empty>;
  const curve = markoutCurve(all);
  return (
    <>
      <div className="grid gap-px bg-n4 @min-[56rem]:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <div className="min-w-0 bg-n2">
          {curve === undefined ? (
            <Empty title="No fill could be held against a mark">{reasonOf(all)}</Empty>
          ) : (
            <MarkoutCurve curve={curve} label={`Markouts of ${answer.bot ?? "the desk"}`} />
          )}
        </div>
        <div className="@container min-w-0 bg-n2">
          <DataTable
            label="Markouts by horizon"
            columns={columns}
            rows={markoutRows(all)}
            rowKey={({ key }) => key}
            rowData={({ key }) => ({ "data-horizon": key })}
          />
          <Capture all={all} marks={marks} />
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-n4 border-y px-3 py-1.5">
        <span className="text-12 text-n9">Apart by</span>
        {cut}
      </div>
      <div className="@container min-w-0">
        {groups.length === 0 ? (
          <Empty title="Nothing to set apart" />
        ) : (
          <DataTable
            label="Markouts, set apart"
            columns={groupColumns(groups)}
            rows={groups}
            rowKey={({ key }) => key}
            rowData={({ key }) => ({ "data-markouts": key })}
          />
        )}
      </div>
    </>
  );
}

const reasonOf = ({ curve }: MarkoutGroup): string => curve[0]?.mean_bps.reason ?? "no mark was recorded";

function Capture({ all, marks }: { readonly all: MarkoutGroup; readonly marks: string }): ReactNode {
  const capture = measureText(all.spread_capture.mean_bps, (value) => bps(value, ""));
  return (
    <p className="border-n4 border-t px-3 py-2 text-12 text-n9">
      Spread capture at the fill{" "}
      <span className="text-n12">
        <Value shown={capture} />
      </span>{" "}
      bps n={all.spread_capture.mean_bps.n}; markout = it + drift. Marks: {marks}.
    </p>
  );
}

const columns: readonly Column<MarkoutRow>[] = [
  { head: "After", card: "title", cell: ({ horizon }) => <span className="text-n12">{horizon}</span> },
  { head: "Mean", hint: "each fill counts alike", numeric: true, cell: ({ mean }) => <Value shown={mean} /> },
  {
    head: "Interval",
    hint: "where chance alone leaves the mean, at 95 %",
    numeric: true,
    cell: ({ interval }) => <span className="text-n10">{interval}</span>,
  },
  { head: "n", numeric: true, cell: ({ n }) => <Value shown={n} /> },
  { head: "Median", spare: true, numeric: true, cell: ({ median }) => <Value shown={median} /> },
  {
    head: "By value",
    hint: "each fill counts by its notional",
    spare: true,
    numeric: true,
    cell: ({ weighted }) => <Value shown={weighted} />,
  },
  {
    head: "Not counted",
    spare: true,
    card: "wide",
    cell: ({ without }) => <span className="text-12 text-n9">{without}</span>,
  },
  { head: "Net", hint: "after fees", numeric: true, cell: ({ net }) => <Value shown={net} /> },
  {
    head: "Drift",
    hint: "how the mid moved; below 0 is adverse selection",
    numeric: true,
    cell: ({ drift }) => <Value shown={drift} />,
  },
];

function GroupName({ name, title }: { readonly name: string; readonly title: string | undefined }): ReactNode {
  if (title === undefined || title === name) return <span className="text-n12">{name}</span>;
  return (
    <span>
      <span className="text-n12">{title}</span> <span className="text-12 text-n9">{name}</span>
    </span>
  );
}

/** A column for each horizon. */
function groupColumns(groups: readonly MarkoutGroup[]): readonly Column<MarkoutGroup>[] {
  const horizons = groups[0]?.curve.map(({ horizon_s: s }) => s) ?? [];
  return [
    { head: "Of", card: "title", cell: ({ key, label }) => <GroupName name={key} title={label} /> },
    { head: "Fills", numeric: true, cell: ({ fills }) => <Value shown={count(fills)} /> },
    {
      head: "Capture",
      hint: "spread capture at the fill, bps",
      numeric: true,
      cell: (group) => <Value shown={measureText(group.spread_capture.mean_bps, (value) => bps(value, ""))} />,
    },
    ...horizons.map(
      (horizon, index): Column<MarkoutGroup> => ({
        head: horizonText(horizon),
        hint: "mean markout, bps",
        numeric: true,
        cell: ({ curve }) => {
          const point = curve[index];
          return point === undefined ? null : <Value shown={measureText(point.mean_bps, (value) => bps(value, ""))} />;
        },
      }),
    ),
  ];
}
