import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useDeferredValue, useMemo, useState } from "react";
import type { CatalogueEntry } from "../../protocol/api-metrics.ts";
import { metricLines, metricWindowOf, METRIC_WINDOWS } from "../../view/metric-list.ts";
import { isCatalogue } from "../live/frames.ts";
import { readsAt } from "../live/hub-api.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { useMetricPasts, useMetricReads } from "../live/use-metric-reads.ts";
import { useDeskMode } from "../live/use-performance.ts";
import { useRead } from "../live/use-read.ts";
import { Choose } from "../parts/choose.tsx";
import { MetricTable } from "../parts/metric-table.tsx";
import { OneOf } from "../parts/one-of.tsx";
import { Empty, Skeleton, Trouble } from "../parts/panel.tsx";
import { PageFrame } from "./page-frame.tsx";
import { PerformanceTabs } from "./performance-tabs.tsx";

/** Every metric of the catalogue, of the desk or of a bot: its value, how many samples it is made of, or why it has none. */
export function Metrics(): ReactNode {
  const base = readsAt(useDesk().source);
  const catalogue = useRead(`${base}/metrics`, isCatalogue);
  return (
    <PageFrame
      title="Performance"
      note="each metric is defined once: the same number here, in the API and in Prometheus"
    >
      <PerformanceTabs current="/performance/metrics" />
      {catalogue.data === undefined && catalogue.trouble === undefined && <Skeleton rows={16} />}
      {catalogue.trouble !== undefined && (
        <Trouble title="The catalogue of metrics could not be read" retry={catalogue.again}>
          {catalogue.trouble}
        </Trouble>
      )}
      {catalogue.data !== undefined && <Listed entries={catalogue.data.metrics} />}
    </PageFrame>
  );
}

const windows = METRIC_WINDOWS.map(({ window, label, hint }) => ({ value: window, label, hint }));

function Listed({ entries }: { readonly entries: readonly CatalogueEntry[] }): ReactNode {
  const address = useSearch({ from: "/desk/performance/metrics" });
  const navigate = useNavigate();
  const [typed, setTyped] = useState(address.search ?? "");
  const search = useDeferredValue(typed);
  const bots = (useCell(useDesk().bots) ?? []).map(({ data }) => data);
  const { bot } = address;
  const own = useDeskMode();
  const mode = bots.find((each) => each.bot === bot)?.mode ?? own;
  const reads = useMetricReads(bot, mode);
  const pasts = useMetricPasts(bot, mode);
  const window = metricWindowOf(address.window);
  const scope = bot === undefined ? "desk" : "bot";
  const lines = useMemo(
    () => metricLines(entries, { scope, window: window === "usual" ? undefined : window, search }),
    [entries, scope, window, search],
  );
  const others = entries.filter((entry) => !entry.scopes.includes(scope)).length;
  const set = (changes: typeof address): void =>
    void navigate({
      to: "/performance/metrics",
      search: { ...address, ...changes },
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-n4 border-b px-3 py-1.5">
        <SearchField typed={typed} onType={setTyped} onDone={() => set({ search: typed === "" ? undefined : typed })} />
        <Choose
          label="Of"
          value={bot}
          options={[...new Set(bots.map((each) => each.bot))].toSorted()}
          all="the desk"
          choose={(to) => set({ bot: to, metric: undefined })}
        />
        <OneOf
          label="Window"
          value={window}
          options={windows}
          choose={(to) => set({ window: to === "usual" ? undefined : to })}
        />
        <span className="ml-auto text-12 text-n9" role="status">
          {lines.length} of {entries.length}
          {scope === "desk" && others > 0 && `; ${others} are of one bot: choose one`}
        </span>
      </div>
      {lines.length === 0 ? (
        <Empty title="No metric is like that">Other words, or a bot instead of the desk, may find some.</Empty>
      ) : (
        <MetricTable
          key={`${bot} ${mode}`}
          {...{ lines, reads, pasts, bot, mode }}
          open={address.metric}
          onOpen={(metric) => set({ metric })}
        />
      )}
    </>
  );
}

interface SearchFieldProps {
  readonly typed: string;
  readonly onType: (text: string) => void;
  /** Called when the field is left. */
  readonly onDone: () => void;
}

function SearchField({ typed, onType, onDone }: SearchFieldProps): ReactNode {
  return (
    <label className="flex items-center gap-1.5 text-12 text-n9">
      Search
      <input
        type="search"
        value={typed}
        onChange={(event) => onType(event.target.value)}
        onBlur={onDone}
        placeholder="name, words, formula"
        className="w-52 rounded border border-n6 bg-n2 px-1.5 py-0.5 text-13 text-n12 placeholder:text-n9"
      />
    </label>
  );
}
