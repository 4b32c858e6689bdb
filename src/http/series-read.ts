import { z } from "zod";
import type { Micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { Query } from "../hub/query.ts";
import type { SeriesRefusal } from "../hub/series.ts";
import { type MetricSeries, SERIES_POINTS_MAX, SERIES_POINTS_USUAL } from "../protocol/api-metrics.ts";
import { madeInTurn } from "./made-in-turn.ts";
import { ProblemError } from "./problem.ts";
import { timeParam } from "./read-route.ts";

const MICROS_OF = { s: 1_000_000, m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 } as const;

/** `60`, `60s`, `5m`, `1h` or `1d`, in microseconds. */
export const stepParam = z
  .string()
  .regex(/^[1-9]\d{0,8}[smhd]?$/, { error: "expected seconds, or a number with s, m, h or d, such as 15m" })
  .transform((text) => {
    const unit = text.at(-1) as keyof typeof MICROS_OF;
    return Number.parseInt(text, 10) * (MICROS_OF[unit] ?? MICROS_OF.s);
  });

/** What a series is asked for besides its metric. */
export const seriesParams = {
  from: timeParam("with it a series comes: its first moment"),
  to: timeParam("the moment that a series ends before, now when absent"),
  step: stepParam
    .optional()
    .describe(
      `of a series, seconds or 15m, 4h, 1d: at most ${SERIES_POINTS_MAX} steps; when absent, the shortest usual one with at most ${SERIES_POINTS_USUAL}`,
    ),
  since: z
    .enum(["step", "from"])
    .default("step")
    .describe("of a metric of a span: each point tells of its step, or of everything since `from`"),
};

interface Asked {
  readonly bot?: string | undefined;
  readonly mode?: Mode | undefined;
  readonly venue?: string | undefined;
  readonly asset?: string | undefined;
  readonly from: Micros;
  readonly to?: Micros | undefined;
  readonly step?: number | undefined;
  readonly since: "step" | "from";
}

export const noSuchMetric = (name: string): ProblemError =>
  new ProblemError("not_found", { detail: `There is no metric called ${name}: GET /api/v1/metrics names them all.` });

/** The series of a metric. Throws a problem where it cannot be asked like that. */
export async function readSeries(query: Query, name: string, asked: Asked): Promise<MetricSeries> {
  const { since, ...filter } = asked;
  const told = await madeInTurn(() => query.series(name, { ...filter, sinceFrom: since === "from" }));
  if (typeof told === "string") throw problemOf(told, name);
  return told;
}

function problemOf(refusal: SeriesRefusal, name: string): ProblemError {
  switch (refusal) {
    case "no such metric":
      return noSuchMetric(name);
    case "too many points":
      return invalid(
        "step",
        `A series has at most ${SERIES_POINTS_MAX} steps: ask for a longer step or a shorter span.`,
      );
    case "no time":
      return invalid("from", "A series begins before it ends, and before now.");
    case "no past":
      return invalid("from", "A replay has no series: ask the hub itself, with `to` the moment of the replay.");
  }
}

const invalid = (path: string, detail: string): ProblemError =>
  new ProblemError("invalid_request", { detail, errors: [{ path, message: detail }] });
