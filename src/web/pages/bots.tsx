import type { ReactNode } from "react";
import { useCell, useDesk } from "../live/use-desk.ts";
import { BotTable } from "../parts/bot-table.tsx";
import { Empty, Skeleton } from "../parts/panel.tsx";
import { PageFrame } from "./page-frame.tsx";

/** All bots, those who need somebody first. */
export function Bots(): ReactNode {
  const bots = useCell(useDesk().bots);
  return (
    <PageFrame title="Bots" note={bots === undefined ? undefined : `${bots.length}, what needs you first`}>
      <div className="@container min-w-0 overflow-x-auto">
        {bots === undefined ? (
          <Skeleton rows={8} />
        ) : bots.length === 0 ? (
          <Empty title="No bot has reported yet">“Connect a bot” shows how to send the first event.</Empty>
        ) : (
          <BotTable bots={bots} />
        )}
      </div>
    </PageFrame>
  );
}
