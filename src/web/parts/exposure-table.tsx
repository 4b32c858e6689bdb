import type { ReactNode } from "react";
import type { ExposureLine } from "../../view/exposure-rows.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { LevelMark } from "./level-mark.tsx";
import { ShareBar } from "./marks.tsx";
import { Value } from "./value.tsx";

const columnsFor = (kind: string, unit: string): readonly Column<ExposureLine>[] => [
  {
    head: kind,
    grows: true,
    cell: ({ name, share, level }) => (
      <>
        <span className="flex gap-2">
          <span className="truncate text-n12" title={name}>
            {name}
          </span>
          <span className="ml-auto text-12">
            <LevelMark level={level} />
          </span>
        </span>
        <ShareBar share={share} {...(level === undefined ? {} : { tone: level.tone })} />
      </>
    ),
  },
  {
    head: `Gross ${unit}`.trim(),
    hint: "sum of what is held, long and short, at average cost",
    numeric: true,
    cell: ({ gross }) => <Value shown={gross} flash />,
  },
  {
    head: `Net ${unit}`.trim(),
    hint: "long less short, at average cost",
    numeric: true,
    cell: ({ net }) => <Value shown={net} flash />,
  },
  { head: "Positions", numeric: true, cell: ({ positions }) => <Value shown={positions} /> },
];

interface ExposureTableProps {
  /** Leaves the number of positions out. */
  readonly short?: boolean;
  readonly kind: string;
  readonly unit?: string;
  readonly lines: readonly ExposureLine[];
}

/** Gross and net of each venue, category, bot or currency, the largest first. */
export function ExposureTable({ kind, unit = "USD", short = false, lines }: ExposureTableProps): ReactNode {
  return (
    <DataTable
      slim
      label={`Exposure by ${kind.toLowerCase()}`}
      columns={columnsFor(kind, unit).slice(0, short ? 3 : 4)}
      rows={lines}
      rowKey={({ name }) => name}
      rowData={({ name }) => ({ "data-exposure": name })}
    />
  );
}
