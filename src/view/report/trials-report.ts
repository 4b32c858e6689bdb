import { trialsStatistics } from "../../metrics/inference/trials.ts";
import { type Measure, measured } from "../../metrics/measure.ts";
import { fixed } from "../number-format.ts";
import { type Figure, type FigureUnit, figuresJson, measureJson, numberJson, type Report } from "./report.ts";

/** Whether the best of many trials is better than luck (metrics.md §6). */
export function trialsReport(
  trials: ReadonlyMap<string, Float64Array>,
  { source, selected }: { readonly source: string; readonly selected: string | undefined },
): Report {
  const names = [...trials.keys()];
  const found = trialsStatistics([...trials.values()], selected === undefined ? undefined : names.indexOf(selected));
  const length = trials.values().next().value?.length ?? 0;
  const entries: readonly (readonly [string, string, FigureUnit, Measure])[] = [
    ["n_trials", "Trials", "count", measured(names.length, names.length)],
    ["n_obs", "Returns of each", "count", measured(length, length)],
    ["selected_sharpe_per_period", "Sharpe of a period", "ratio", found.selectedRatio],
    ["trial_sharpe_variance_ddof1", "Variance of the trials' Sharpe ratios", "ratio", found.variance],
    ["expected_max_sharpe_per_period", "Sharpe that luck alone would show", "ratio", found.expectedMaximum],
    ["dsr", "Probability that it is more than luck", "probability", found.deflated],
    ["n_effective", "Trials as if independent", "count", found.effectiveTrials],
    ["dsr_effective_trials", "Probability, for those", "probability", found.deflatedEffective],
    ["psr_vs_0", "Probability above 0, of this trial alone", "probability", found.probabilistic],
    ["min_trl_p95_vs_0", "Track record that shows it, 95 % sure", "periods", found.minimumTrackRecord],
  ];
  const figures: readonly Figure[] = entries.map(([name, title, unit, measure]) => ({ name, title, unit, measure }));
  const { metrics, reasons } = figuresJson(figures);
  return {
    title: `Trials: ${names[found.selected] ?? "none"}`,
    about: [source, `${fixed(names.length, 0)} trials of ${fixed(length, 0)} returns`],
    groups: [{ title: "Deflated Sharpe ratio", figures }],
    tables: [],
    charts: () => [],
    notes: ["the number holds only where every trial is in the file, those given up too"],
    json: {
      report: "trials",
      selected: names[found.selected] ?? null,
      metrics: {
        ...metrics,
        sharpe_per_period_all: found.ratios.map(numberJson),
        dsr_effective_trials: {
          n_effective: measureJson(found.effectiveTrials),
          value: measureJson(found.deflatedEffective),
        },
      },
      reasons,
    },
  };
}
