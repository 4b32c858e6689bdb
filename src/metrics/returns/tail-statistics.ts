import { type Measure, finite, unknown } from "../measure.ts";
import { isFlat } from "./moments.ts";
import { needing } from "./ratios.ts";
import type { ReturnReading } from "./reading.ts";
import type { ReturnStatistic } from "./statistic.ts";
import { type CornishFisherRisk, cornishFisherRisk, gaussianRisk, historicalRisk, type TailRisk } from "./tail-risk.ts";

/** Value at risk and shortfall of one confidence such as 0.95, by three models; all of one period, a loss < 0. */
export function tailStatistics(confidence: number): readonly ReturnStatistic[] {
  const level = String(Number((100 * confidence).toPrecision(12)));
  const rest = String(Number((100 - 100 * confidence).toPrecision(12)));
  const fewBelow = Math.ceil(1 / (1 - confidence) - 1e-9);
  const historical = remembered((reading) => historicalRisk(reading.returns, confidence));
  const common = { group: "tail", unit: "fraction/period", fewBelow } as const;
  return [
    {
      ...common,
      name: `var_hist_${level}`,
      title: `Value at risk ${level} %`,
      formula: `quantile of the returns at α = ${rest} % (linear between neighbours, type 7)`,
      differs: "skfolio takes an order statistic without interpolation.",
      read: (reading) => needing(1, reading, () => finite(historical(reading).valueAtRisk, reading.n)),
    },
    {
      ...common,
      name: `cvar_hist_${level}`,
      title: `Shortfall ${level} %`,
      formula: "mean of the ⌊(n − 1)·α⌋ + 1 worst returns",
      differs:
        "By count, so that ties do not widen the tail. QuantStats takes the mean below the Gaussian value at risk, PerformanceAnalytics what is strictly below the quantile, skfolio weighs the last one by its fraction.",
      read: (reading) => needing(1, reading, () => finite(historical(reading).shortfall, reading.n)),
    },
    ...modelled(level, confidence, common),
  ];
}

function modelled(
  level: string,
  confidence: number,
  common: Pick<ReturnStatistic, "group" | "unit">,
): readonly ReturnStatistic[] {
  const corrected =
    (part: (risk: CornishFisherRisk) => number) =>
    (reading: ReturnReading): Measure =>
      needing(2, reading, () =>
        isFlat(reading.moments)
          ? unknown("all returns are equal", reading.n)
          : finite(part(cornishFisherRisk(reading.moments, confidence)), reading.n),
      );
  const gaussian =
    (part: (risk: TailRisk) => number) =>
    (reading: ReturnReading): Measure =>
      needing(2, reading, () => finite(part(gaussianRisk(reading.moments, confidence)), reading.n));
  const ofValidity: readonly ReturnStatistic[] =
    confidence === 0.95
      ? [
          {
            ...common,
            name: "cornish_fisher_valid",
            title: "Cornish–Fisher can be trusted",
            unit: "flag",
            formula: "the corrected quantile increases all over ±4 deviations",
            differs: "PerformanceAnalytics gives NA or clips at 100 % instead; others say nothing.",
            read: corrected(({ valid }) => (valid ? 1 : 0)),
          },
        ]
      : [];
  return [
    {
      ...common,
      name: `var_gauss_${level}`,
      title: `Value at risk ${level} %, Gaussian`,
      formula: "mean + z·σ, σ of the population (n)",
      differs: "QuantStats and Lean take the sample's σ (n − 1).",
      read: gaussian(({ valueAtRisk }) => valueAtRisk),
    },
    {
      ...common,
      name: `cvar_gauss_${level}`,
      title: `Shortfall ${level} %, Gaussian`,
      formula: "mean − σ·φ(z) ÷ α",
      read: gaussian(({ shortfall }) => shortfall),
    },
    {
      ...common,
      name: `var_cornish_fisher_${level}`,
      title: `Value at risk ${level} %, Cornish–Fisher`,
      formula: "mean + σ·(z + (z² − 1)S ÷ 6 + (z³ − 3z)K ÷ 24 − (2z³ − 5z)S² ÷ 36)",
      differs: "To be read together with cornish_fisher_valid.",
      read: corrected(({ valueAtRisk }) => valueAtRisk),
    },
    {
      ...common,
      name: `cvar_cornish_fisher_${level}`,
      title: `Shortfall ${level} %, Cornish–Fisher`,
      formula: "mean + σ·min(−M ÷ α, h), M the corrected density in the tail",
      differs: "The operational one of PerformanceAnalytics: the other may be better than the value at risk itself.",
      read: corrected(({ shortfall }) => shortfall),
    },
    ...ofValidity,
  ];
}

/** Made once for each reading: two statistics read the same. */
function remembered(make: (reading: ReturnReading) => TailRisk): (reading: ReturnReading) => TailRisk {
  const made = new WeakMap<ReturnReading, TailRisk>();
  return (reading) => {
    const known = made.get(reading) ?? make(reading);
    made.set(reading, known);
    return known;
  };
}
