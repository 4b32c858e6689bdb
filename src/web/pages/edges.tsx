import type { ReactNode } from "react";
import { useCell, useDesk } from "../live/use-desk.ts";
import { EdgeTable } from "../parts/edge-table.tsx";
import { Empty, Skeleton } from "../parts/panel.tsx";
import { PageFrame } from "./page-frame.tsx";

const EDGES_SHOWN = 500;

/** All live edges, best first. */
export function Edges(): ReactNode {
  const edges = useCell(useDesk().edges);
  return (
    <PageFrame title="Live edges" note={edges === undefined ? undefined : `${edges.data.length}, best first`}>
      <div className="@container min-w-0 overflow-x-auto">
        {edges === undefined ? (
          <Skeleton rows={10} />
        ) : edges.data.length === 0 ? (
          <Empty title="No live edge">
            An edge is live for 30 s after it came, unless the bot says otherwise with <code>ttl_s</code>.
          </Empty>
        ) : (
          <EdgeTable edges={edges} limit={EDGES_SHOWN} />
        )}
      </div>
    </PageFrame>
  );
}
