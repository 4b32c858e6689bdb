import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { MarkoutCut } from "../../protocol/api-execution.ts";
import {
  ANALYSIS_RANGES,
  type AnalysisRange,
  analysisRangeOf,
  analysisRangeWords,
  analysisStart,
} from "../../view/analysis-range.ts";
import { isAssets, isExecution, isMarkouts } from "../live/frames.ts";
import { useAnalysis } from "../live/use-analysis.ts";
import { useScope } from "../live/use-scope.ts";
import { AssetTable } from "../parts/asset-table.tsx";
import { Choose } from "../parts/choose.tsx";
import { MarkoutPanel } from "../parts/markout-panel.tsx";
import { OneOf } from "../parts/one-of.tsx";
import { Empty, Panel } from "../parts/panel.tsx";
import { Read } from "../parts/reading.tsx";
import { UnfilledPanel } from "../parts/unfilled-panel.tsx";
import { PageFrame } from "./page-frame.tsx";
import { PerformanceTabs } from "./performance-tabs.tsx";

const ranges = ANALYSIS_RANGES.filter(({ days }) => days <= 90).map(({ range, label, words }) => ({
  value: range,
  label,
  hint: words,
}));

const CUTS: readonly { readonly value: MarkoutCut; readonly label: string }[] = [
  { value: "asset", label: "Asset" },
  { value: "venue", label: "Venue" },
  { value: "bot", label: "Bot" },
  { value: "side", label: "Side" },
  { value: "liquidity", label: "Maker, taker" },
  { value: "size", label: "Size" },
  { value: "hour", label: "Hour" },
];

/** Source document 5's analysis by asset: what each instrument made, how well it was executed, and its markouts. */
export function PerAsset(): ReactNode {
  const search = useSearch({ from: "/desk/performance/assets" });
  const navigate = useNavigate();
  const { bot, mode, bots } = useScope(search.bot);
  const range = analysisRangeOf(search.range, "7d");
  const by = CUTS.find(({ value }) => value === search.by)?.value ?? "asset";
  const set = (changes: typeof search): void =>
    void navigate({ to: "/performance/assets", search: { ...search, ...changes }, replace: true, resetScroll: false });
  const { venue, asset } = search;
  const scope = { bot, mode, range, venue, asset };
  return (
    <PageFrame title="Performance" note={`by instrument, ${analysisRangeWords(range)}`}>
      <PerformanceTabs current="/performance/assets" />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-n4 border-b px-3 py-1.5">
        <Choose label="Of" value={bot} options={bots} all="the desk" choose={(to) => set({ bot: to })} />
        <OneOf label="Range" value={range} options={ranges} choose={(to) => set({ range: to })} />
        {asset !== undefined && (
          <button
            type="button"
            aria-label={`${asset} on ${venue}: show all again`}
            onClick={() => set({ asset: undefined, venue: undefined })}
            className="rounded border border-n6 px-2 text-12 text-n11 hover:bg-n4"
          >
            {asset} on {venue} ✕
          </button>
        )}
      </div>
      <Markouts key={`markouts ${bot} ${mode} ${range} ${venue} ${asset} ${by}`} {...scope} by={by}>
        <OneOf label="Apart by" value={by} options={CUTS} choose={(to) => set({ by: to })} />
      </Markouts>
      <Assets
        key={`assets ${bot} ${mode} ${range}`}
        {...scope}
        choose={(row) => set(row.asset === asset && row.venue === venue ? { asset: undefined, venue: undefined } : row)}
      />
      <Unfilled key={`execution ${bot} ${mode} ${range}`} {...scope} />
    </PageFrame>
  );
}

interface ScopeProps {
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
  readonly range: AnalysisRange;
  readonly venue: string | undefined;
  readonly asset: string | undefined;
}

interface MarkoutsProps extends ScopeProps {
  readonly by: MarkoutCut;
  readonly children: ReactNode;
}

function Markouts({ bot, mode, range, venue, asset, by, children }: MarkoutsProps): ReactNode {
  const reading = useAnalysis({
    name: "markouts",
    is: isMarkouts,
    startAt: (nowMs) => analysisStart(range, nowMs),
    query: { bot, mode, venue, asset, by },
  });
  return (
    <Panel title="Markouts" note={`bps of the mid; above 0 is good for us${asset === undefined ? "" : `; ${asset}`}`}>
      <Read reading={reading} what="Markouts" rows={8}>
        {(answer) => <MarkoutPanel answer={answer} cut={children} />}
      </Read>
    </Panel>
  );
}

interface AssetsProps extends ScopeProps {
  readonly choose: (row: { readonly venue: string; readonly asset: string }) => void;
}

function Assets({ bot, mode, range, venue, asset, choose }: AssetsProps): ReactNode {
  const reading = useAnalysis({
    name: "performance/assets",
    is: isAssets,
    startAt: (nowMs) => analysisStart(range, nowMs),
    query: { bot, mode },
  });
  return (
    <Panel title="Instruments" note="press a name for its markouts" className="border-n4 border-t">
      <Read reading={reading} what="What instruments made" rows={8}>
        {(answer) =>
          answer.rows.length === 0 ? (
            <Empty title="Nothing was traded in this time" />
          ) : (
            <AssetTable answer={answer} chosen={{ venue, asset }} choose={choose} />
          )
        }
      </Read>
    </Panel>
  );
}

function Unfilled({ bot, mode, range }: ScopeProps): ReactNode {
  const reading = useAnalysis({
    name: "execution",
    is: isExecution,
    startAt: (nowMs) => analysisStart(range, nowMs),
    query: { bot, mode },
  });
  return (
    <Panel
      title="Orders and quotes"
      note="how they ended, and why some were not filled"
      className="grow border-n4 border-t"
    >
      <Read reading={reading} what="Execution" rows={6}>
        {(answer) => <UnfilledPanel answer={answer} />}
      </Read>
    </Panel>
  );
}
