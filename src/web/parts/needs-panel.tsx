import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Need, needsYou } from "../../view/needs-you.ts";
import { readsAt } from "../live/hub-api.ts";
import { isReconciliation } from "../live/reconciliation-frames.ts";
import { useCell, useDesk, useNowMs } from "../live/use-desk.ts";
import { useRead } from "../live/use-read.ts";
import { Panel, Skeleton } from "./panel.tsx";
import { toneClass } from "./value.tsx";

const ACCOUNTS_EVERY_MS = 15_000;
const SHOWN_MOST = 8;

/** What somebody has to look at now, the worst first; each leads to where all of it is told. */
export function NeedsPanel({ className }: { readonly className: string }): ReactNode {
  const needs = useNeeds();
  return (
    <Panel title="Needs you" note={needs?.length || ""} className={className}>
      {needs === undefined ? (
        <Skeleton rows={2} />
      ) : needs.length === 0 ? (
        <p className="px-3 py-2 text-13 text-n10">
          <span aria-hidden="true" className="text-ok">
            ●
          </span>{" "}
          Nothing: bots, losses, commands, feeds and accounts are as they should be.
        </p>
      ) : (
        <ul data-needs="">
          {needs.slice(0, SHOWN_MOST).map((need) => (
            <NeedItem key={need.key} need={need} />
          ))}
          {needs.length > SHOWN_MOST && (
            <li className="px-3 py-1.5 text-12 text-n9">
              and {needs.length - SHOWN_MOST} more: see{" "}
              <Link to="/bots" className="underline underline-offset-2 hover:text-n12">
                bots
              </Link>
              ,{" "}
              <Link to="/controls" search={{}} className="underline underline-offset-2 hover:text-n12">
                controls
              </Link>{" "}
              and{" "}
              <Link to="/health" className="underline underline-offset-2 hover:text-n12">
                health
              </Link>
            </li>
          )}
        </ul>
      )}
    </Panel>
  );
}

/** Undefined until the bots came. */
function useNeeds(): readonly Need[] | undefined {
  const desk = useDesk();
  const bots = useCell(desk.bots);
  const commands = useCell(desk.controls)?.commands ?? [];
  const health = useCell(desk.health);
  const equity = useCell(desk.performance)?.data.equity;
  const { data } = useRead(`${readsAt(desk.source)}/reconciliation`, isReconciliation, ACCOUNTS_EVERY_MS);
  const nowMs = useNowMs();
  if (bots === undefined) return undefined;
  // In a replay time stands still between frames.
  const elapsedS = (atMs: number): number => (desk.source === undefined ? Math.max(0, (nowMs - atMs) / 1_000) : 0);
  return needsYou({ bots, commands, health, equity, reconciliation: data, elapsedS });
}

function NeedItem({ need: { sign, tone, of, says, to, bot } }: { readonly need: Need }): ReactNode {
  const words = (
    <>
      <span aria-hidden="true" className={toneClass(tone)}>
        {sign}
      </span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="text-n12">{of}</span>{" "}
        <span className="text-12 text-n10">{says.startsWith(`${of} `) ? says.slice(of.length + 1) : says}</span>
      </span>
    </>
  );
  const looks = "flex gap-2 px-3 py-1.5 hover:bg-n3";
  return (
    <li className="border-n4 border-b last:border-b-0" data-need={of} data-tone={tone}>
      {to === "/bots/$bot" ? (
        <Link to={to} params={{ bot: bot ?? of }} className={looks}>
          {words}
        </Link>
      ) : (
        <Link to={to} search={{}} className={looks}>
          {words}
        </Link>
      )}
    </li>
  );
}
