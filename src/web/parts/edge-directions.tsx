import type { ReactNode } from "react";
import type { EdgeDirection } from "../../view/edge-chart.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { Value } from "./value.tsx";

const columns: readonly Column<EdgeDirection>[] = [
  {
    head: "Direction",
    card: "title",
    cell: ({ label, about }) => (
      <span className="inline-block whitespace-normal text-n12" title={about}>
        {label}
      </span>
    ),
  },
  {
    head: "Net ¢",
    hint: "edge after fees now, cents",
    numeric: true,
    cell: ({ net }) => <Value shown={net} flash />,
  },
  { head: "Low ¢", hint: "the lowest in the time shown", numeric: true, cell: ({ low }) => <Value shown={low} /> },
  { head: "High ¢", hint: "the highest in the time shown", numeric: true, cell: ({ high }) => <Value shown={high} /> },
  {
    head: "Depth",
    hint: "for how much it holds, contracts",
    numeric: true,
    cell: ({ size }) => <Value shown={size} />,
  },
];

/** Each direction of the edge between two venues. */
export function EdgeDirections({ directions }: { readonly directions: readonly EdgeDirection[] }): ReactNode {
  if (directions.length === 0) return null;
  return (
    <DataTable
      slim
      label="Edge by direction"
      columns={columns}
      rows={directions}
      rowKey={({ key }) => key}
      rowData={({ key }) => ({ "data-direction": key })}
    />
  );
}
