import { type ReactNode, useMemo, useState } from "react";
import { type ChartModel, linesAt, type LineAt, marksAt, timeText } from "../../view/chart-model.ts";
import { unknownValue } from "../../view/shown.ts";
import { Value } from "./value.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

interface PointRow {
  readonly atMs: number;
  readonly values: readonly LineAt[];
  readonly notes: string;
}

interface ChartTableProps {
  readonly label: string;
  readonly model: ChartModel;
  readonly nowMs: number;
}

/** The points of a chart as rows, the newest first. */
export function ChartTable({ label, model, nowMs }: ChartTableProps): ReactNode {
  const [frame, setFrame] = useState<HTMLDivElement | null>(null);
  const rows = useMemo(() => pointRows(model), [model]);
  const columns: readonly GridColumn<PointRow>[] = [
    { name: "at", head: "Time UTC", width: "8rem", card: "title", cell: ({ atMs }) => timeText(atMs, nowMs) },
    ...model.lines.map(
      ({ name, label: head, unit }, index): GridColumn<PointRow> => ({
        name,
        head: unit === "" ? head : `${head} ${unit}`,
        numeric: true,
        width: "minmax(6rem, 10rem)",
        cell: ({ values }) => <Value shown={values[index]?.shown ?? unknownValue("nothing was known then")} />,
      }),
    ),
    {
      name: "notes",
      head: "Notes",
      width: "minmax(4rem, 1fr)",
      card: "wide",
      wraps: true,
      cell: ({ notes }) => <span>{notes}</span>,
    },
  ];
  return (
    <div ref={setFrame} className="@container max-h-96 min-w-0 overflow-y-auto">
      {frame !== null && (
        <VirtualTable
          label={label}
          columns={columns}
          rows={rows}
          rowKey={({ atMs }) => String(atMs)}
          scroller={() => frame}
        />
      )}
    </div>
  );
}

function pointRows(model: ChartModel): PointRow[] {
  return model.times
    .map((atMs, index) => ({
      atMs,
      values: linesAt(model, index),
      notes: marksAt(model, index)
        .flatMap(({ titles }) => titles)
        .join("; "),
    }))
    .reverse();
}
