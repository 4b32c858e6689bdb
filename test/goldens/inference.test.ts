import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { blockLength } from "../../src/metrics/inference/block-length.ts";
import {
  correctedInterval,
  type Interval,
  percentileInterval,
  resample,
  type Statistic,
  stationaryIndexes,
} from "../../src/metrics/inference/bootstrap.ts";
import {
  expectedMaximum,
  minimumTrackRecord,
  probabilisticSharpe,
} from "../../src/metrics/inference/sharpe-inference.ts";
import { STATISTIC_OF } from "../../src/metrics/inference/sampled-statistics.ts";
import { trialsStatistics } from "../../src/metrics/inference/trials.ts";
import { wilsonInterval } from "../../src/metrics/inference/wilson.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { columnsOf, expectGolden, expectNear, type GoldenValue } from "./golden.ts";

const json = <T>(path: string): T | undefined =>
  existsSync(testData("goldens", path))
    ? (JSON.parse(readFileSync(testData("goldens", path), "utf8")) as T)
    : undefined;

interface Scalars {
  readonly psr: readonly {
    readonly inputs: Readonly<Record<"sr" | "sr0" | "n" | "skew" | "kurtosis_nonexcess", number>>;
    readonly psr: number;
    readonly min_trl_p95: GoldenValue;
  }[];
}

interface Valued {
  readonly value: number;
}

interface Trials {
  readonly n_trials: number;
  readonly selected: string;
  readonly sharpe_per_period_all: readonly number[];
  readonly selected_sharpe_per_period: number;
  readonly trial_sharpe_variance_ddof1: number;
  readonly expected_max_sharpe_per_period: Valued;
  readonly dsr: Valued;
  readonly dsr_effective_trials: Valued & { readonly n_effective: number };
  readonly psr_vs_0: Valued;
  readonly min_trl_p95_vs_0: Valued;
}

requireTestData("goldens/psr_dsr")("Probabilistic and deflated Sharpe ratios as the references have them", () => {
  const scalars = json<Scalars>("psr_dsr/scalar_examples.json")?.psr ?? [];
  test.each(scalars.map((each) => [JSON.stringify(each.inputs), each] as const))("%s", (_, { inputs, ...wanted }) => {
    const { sr, sr0, n, skew, kurtosis_nonexcess } = inputs;
    const sample = { n, ratio: sr, skewness: skew, kurtosis: kurtosis_nonexcess };
    expectGolden(probabilisticSharpe(sample, sr0), wanted.psr, "abs 1e-9");
    expectGolden(minimumTrackRecord(sample, sr0, 0.95), wanted.min_trl_p95, "rel 1e-9");
  });

  test("the published example of the deflated ratio", () => {
    const threshold = expectedMaximum(100, 0.5 / 250);
    expectNear(threshold, 0.11317200186513214);
    const sample = { n: 1250, ratio: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10 };
    expectGolden(probabilisticSharpe(sample, threshold), 0.9003968344493903, "abs 1e-9");
  });

  describe.each(["trials_20x500", "trials_50x1000"])("%s", (name) => {
    const golden = json<Trials>(`psr_dsr/${name}.json`);
    if (golden === undefined) return;
    const columns = columnsOf(`goldens/psr_dsr/${name}.csv`);
    const found = trialsStatistics(Object.values(columns).map((cells) => Float64Array.from(cells, Number)));

    test("the ratio of every trial, and the best is selected", () => {
      for (const [index, ratio] of golden.sharpe_per_period_all.entries()) expectNear(found.ratios[index], ratio);
      expect(Object.keys(columns)[found.selected]).toBe(golden.selected);
      expectGolden(found.selectedRatio, golden.selected_sharpe_per_period);
    });

    test("the expected maximum and the deflated ratio", () => {
      expectGolden(found.variance, golden.trial_sharpe_variance_ddof1);
      expectGolden(found.expectedMaximum, golden.expected_max_sharpe_per_period.value);
      expectGolden(found.deflated, golden.dsr.value, "abs 1e-9");
    });

    test("the deflated ratio of the trials that would be independent", () => {
      // The reference counts one trial more than there are where they move against one another.
      const isClamped = golden.dsr_effective_trials.n_effective > golden.n_trials;
      const { n_effective, value } = golden.dsr_effective_trials;
      expectGolden(found.effectiveTrials, isClamped ? golden.n_trials : n_effective);
      expectGolden(found.deflatedEffective, isClamped ? golden.dsr.value : value, "abs 1e-9");
    });

    test("the probabilistic ratio and the track record needed", () => {
      expectGolden(found.probabilistic, golden.psr_vs_0.value, "abs 1e-9");
      expectGolden(found.minimumTrackRecord, golden.min_trl_p95_vs_0.value, "rel 1e-7");
    });
  });
});

interface Bootstrapped {
  readonly x: readonly number[];
  readonly B: number;
  readonly indices: string;
  readonly stats: Readonly<
    Record<
      string,
      {
        readonly point: number;
        readonly ci: Readonly<Record<string, readonly [GoldenValue, GoldenValue]>>;
        readonly first5: readonly GoldenValue[];
      }
    >
  >;
  readonly stationary_bootstrap: {
    readonly p: number;
    readonly start_indices: readonly number[];
    readonly uniforms: readonly number[];
    readonly result: readonly number[];
  };
  readonly optimal_block_length: { readonly stationary: number; readonly circular: number };
}

const TOLERANCE = "rel 1e-9 (abs 1e-12)";

const expectInterval = (actual: Interval, [low, high]: readonly [GoldenValue, GoldenValue]): void => {
  if ("reason" in actual) throw new Error(actual.reason);
  expectNear(actual.low, low, TOLERANCE);
  expectNear(actual.high, high, TOLERANCE);
};

requireTestData("goldens/bootstrap")("Bootstrap intervals as the references have them", () => {
  const names = existsSync(testData("goldens/bootstrap"))
    ? readdirSync(testData("goldens/bootstrap")).filter((file) => /^iid.*\.json$/.test(file))
    : [];
  describe.each(names)("%s", (file) => {
    const golden = json<Bootstrapped>(`bootstrap/${file}`);
    if (golden === undefined) return;
    const values = Float64Array.from(golden.x);
    const rows = readFileSync(testData("goldens/bootstrap", golden.indices), "utf8").trim().split("\n");
    const matrix = rows.map((row) => Int32Array.from(row.split(","), Number));

    test.each(Object.entries(golden.stats))("%s", (name, wanted) => {
      const statistic = (STATISTIC_OF as Readonly<Record<string, Statistic>>)[name];
      if (statistic === undefined) throw new Error(`no statistic is called ${name}`);
      expectNear(statistic(values), wanted.point, TOLERANCE);
      let row = 0;
      const draw = (indexes: Int32Array) => indexes.set(matrix[row++] ?? []);
      const resampled = resample({ values, statistic, draw, resamples: golden.B });
      expectInterval(percentileInterval(resampled, 0.95), wanted.ci["percentile_95"] ?? [null, null]);
      expectInterval(percentileInterval(resampled, 0.9), wanted.ci["percentile_90"] ?? [null, null]);
      expectInterval(correctedInterval({ values, statistic }, resampled, 0.95), wanted.ci["BCa_95"] ?? [null, null]);
      expectInterval(correctedInterval({ values, statistic }, resampled, 0.9), wanted.ci["BCa_90"] ?? [null, null]);
    });

    test("the stationary bootstrap goes on and begins anew where the reference does", () => {
      const { p, start_indices, uniforms, result } = golden.stationary_bootstrap;
      const indexes = new Int32Array(result.length);
      const [start, chance] = [Int32Array.from(start_indices), Float64Array.from(uniforms)];
      const runs = { start: (at: number) => start[at] ?? Number.NaN, chance: (at: number) => chance[at] ?? Number.NaN };
      stationaryIndexes({ ...runs, endsAt: p }, indexes);
      expect([...indexes]).toEqual(result);
    });

    test("the length of its blocks", () => {
      const found = blockLength(values);
      expectNear(found?.stationary, golden.optimal_block_length.stationary, TOLERANCE);
      expectNear(found?.circular, golden.optimal_block_length.circular, TOLERANCE);
    });
  });

  test("block_length_ar1.json", () => {
    const golden = json<{ y: readonly number[]; stationary: number; circular: number }>(
      "bootstrap/block_length_ar1.json",
    );
    const found = blockLength(Float64Array.from(golden?.y ?? []));
    expectNear(found?.stationary, golden?.stationary ?? null, TOLERANCE);
    expectNear(found?.circular, golden?.circular ?? null, TOLERANCE);
  });
});

interface Rate {
  readonly fills: number;
  readonly quotes: number;
  readonly wilson95: readonly [GoldenValue, GoldenValue];
}

requireTestData("goldens/misc/hit_rate_wilson.json")("Wilson intervals as the references have them", () => {
  const cases = json<{ cases: readonly Rate[] }>("misc/hit_rate_wilson.json")?.cases ?? [];
  test.each(cases)("$fills of $quotes", ({ fills, quotes, wilson95: [low, high] }) => {
    const found = wilsonInterval(fills, quotes, 0.95);
    expectNear("reason" in found ? undefined : found.low, low, "abs 1e-10");
    expectNear("reason" in found ? undefined : found.high, high, "abs 1e-10");
  });
});
