import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { OpportunityView } from "../../protocol/api-trading.ts";
import { OPPORTUNITY_ACTIONS } from "../../protocol/opportunity-actions.ts";
import {
  actionCounts,
  actionMark,
  matchesOpportunity,
  type OpportunityFilter,
  reasonCounts,
} from "../../view/opportunity-row.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { Chips } from "../parts/chips.tsx";
import { Choose } from "../parts/choose.tsx";
import { ShareBar } from "../parts/marks.tsx";
import { OpportunityTable } from "../parts/opportunity-table.tsx";
import { Empty, Panel, Skeleton } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { PageFrame } from "./page-frame.tsx";

/** Source document 4 remembers so many. */
const SHOWN = 50;

/** What bots saw, what they did about it, and why not. */
export function Opportunities(): ReactNode {
  const opportunities = useCell(useDesk().opportunities);
  return (
    <PageFrame title="Opportunities" note={`what bots saw and did about it; the last ${SHOWN}`}>
      {opportunities === undefined ? (
        <Skeleton rows={10} />
      ) : opportunities.length === 0 ? (
        <Empty title="No opportunity yet">
          A bot reports what it sees, takes and leaves with <code>opportunity</code> events.
        </Empty>
      ) : (
        <Listed all={opportunities} />
      )}
    </PageFrame>
  );
}

function Listed({ all }: { readonly all: readonly OpportunityView[] }): ReactNode {
  const search = useSearch({ from: "/desk/opportunities" });
  const navigate = useNavigate();
  const filter: OpportunityFilter = {
    action: OPPORTUNITY_ACTIONS.find((action) => action === search.action),
    bot: search.bot,
    reason: search.reason,
  };
  const change = (changes: OpportunityFilter): void => {
    void navigate({ to: "/opportunities", search: { ...filter, ...changes }, replace: true });
  };
  const bots = useMemo(() => [...new Set(all.map(({ bot }) => bot))].toSorted(), [all]);
  const ofBot = all.filter((each) => matchesOpportunity(each, { bot: filter.bot }));
  const shown = all.filter((each) => matchesOpportunity(each, filter));
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-n4 border-b px-3 py-2">
        <Chips
          label="Action"
          value={filter.action}
          all={ofBot.length}
          options={actionCounts(ofBot).map(({ action, count }) => ({ value: action, count, mark: actionMark(action) }))}
          choose={(action) => change({ action })}
        />
        <Choose label="Bot" value={filter.bot} options={bots} all="all bots" choose={(bot) => change({ bot })} />
        {filter.reason !== undefined && (
          <button
            type="button"
            onClick={() => change({ reason: undefined })}
            className="rounded border border-n6 px-2 hover:bg-n4"
          >
            only {filter.reason} ✕
          </button>
        )}
      </div>
      <div className="grid grow gap-px bg-n4 lg:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="@container min-w-0 bg-n2">
          {shown.length === 0 ? (
            <Empty title="None of these">Another action or bot may have some.</Empty>
          ) : (
            <OpportunityTable opportunities={shown} limit={SHOWN} />
          )}
        </div>
        <Reasons
          opportunities={ofBot}
          chosen={filter.reason}
          choose={(reason) => change({ reason, action: undefined })}
        />
      </div>
    </>
  );
}

interface ReasonsProps {
  readonly opportunities: readonly OpportunityView[];
  readonly chosen: string | undefined;
  readonly choose: (reason: string | undefined) => void;
}

function Reasons({ opportunities, chosen, choose }: ReasonsProps): ReactNode {
  const counts = reasonCounts(opportunities);
  return (
    <Panel title="Why did it not trade?" note={`of the last ${opportunities.length}`} className="max-lg:order-first">
      {counts.length === 0 ? (
        <Empty title="Nothing was rejected" />
      ) : (
        <ul className="py-1">
          {counts.map(({ code, words, count, share }) => (
            <li key={code ?? ""}>
              <button
                type="button"
                disabled={code === undefined}
                aria-pressed={code !== undefined && code === chosen}
                title={code === undefined ? undefined : `${code}; press to see only these`}
                onClick={() => choose(code === chosen ? undefined : code)}
                data-reason={code ?? ""}
                className="block w-full px-3 py-1 text-left enabled:hover:bg-n3 aria-pressed:bg-n4"
              >
                <span className="flex gap-2">
                  <span className="min-w-0 [overflow-wrap:anywhere]">{words}</span>
                  <span className="ml-auto text-n12">
                    <Value shown={count} flash />
                  </span>
                </span>
                <ShareBar share={share} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
