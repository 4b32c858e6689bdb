import type { ReactNode } from "react";
import type { EdgeView } from "../../protocol/api.ts";
import { edgeRow } from "../../view/edge-row.ts";
import type { Stamped } from "../live/desk-store.ts";
import { Age } from "./age.tsx";
import { type Column, DataTable } from "./data-table.tsx";
import { Value } from "./value.tsx";

interface Row {
  readonly edge: EdgeView;
  readonly atMs: number;
}

const columns: readonly Column<Row>[] = [
  {
    head: "Pair",
    card: "title",
    grows: true,
    cell: ({ edge }) => (
      <span className="text-n12" title={`${edge.primary_market} ↔ ${edge.hedge_market}, pair ${edge.pair_id}`}>
        {edgeRow(edge).market}
      </span>
    ),
  },
  {
    head: "Net ¢",
    hint: "edge after fees, cents",
    numeric: true,
    cell: ({ edge }) => <Value shown={edgeRow(edge).net} flash />,
  },
  {
    head: "Slip ¢",
    hint: "expected slippage, cents",
    numeric: true,
    cell: ({ edge }) => <Value shown={edgeRow(edge).slippage} />,
  },
  {
    head: "Left ¢",
    hint: "net edge less the expected slippage, cents",
    numeric: true,
    cell: ({ edge }) => <Value shown={edgeRow(edge).afterSlippage} />,
  },
  {
    head: "Confidence",
    hint: "0 to 1, as the bot says",
    numeric: true,
    cell: ({ edge }) => <Value shown={edgeRow(edge).confidence} />,
  },
  {
    head: "Lead",
    hint: "the venue whose price moves first",
    cell: ({ edge }) => <Value shown={edgeRow(edge).leader} />,
  },
  { head: "Direction", cell: ({ edge }) => <Value shown={edgeRow(edge).direction} /> },
  { head: "Bot", cell: ({ edge }) => edge.bot },
  { head: "Age", numeric: true, cell: ({ edge, atMs }) => <Age ageS={edge.age_s} atMs={atMs} limitS={EDGE_OLD_S} /> },
];

/** An edge this old is amber: most live for 30 s. */
const EDGE_OLD_S = 15;

const shortHeads = new Set(["Pair", "Net ¢", "Slip ¢", "Lead", "Age"]);
const shortColumns = columns.filter(({ head }) => shortHeads.has(head));

/** The live edges, best first; `short` leaves out what a panel has no room for. */
export function EdgeTable({
  edges,
  limit,
  short = false,
}: {
  readonly edges: Stamped<readonly EdgeView[]>;
  readonly limit: number;
  readonly short?: boolean;
}): ReactNode {
  return (
    <DataTable
      label="Live edges"
      columns={short ? shortColumns : columns}
      rows={edges.data.slice(0, limit).map((edge) => ({ edge, atMs: edges.atMs }))}
      rowKey={({ edge }) => `${edge.bot} ${edge.pair_id} ${edge.id}`}
      rowData={({ edge }) => ({ "data-pair-id": edge.pair_id })}
    />
  );
}
