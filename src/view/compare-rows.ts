import type { Difference } from "../protocol/api-compare.ts";
import { fixed, signedFixed } from "./number-format.ts";
import { probability } from "./return-course.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** A metric of two sides. */
export interface CompareRow {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly a: Shown;
  readonly b: Shown;
  readonly difference: Shown;
  readonly interval: string;
  readonly verdict: Shown;
  /** Whether the side that is looked at lies where chance alone leaves it; undefined where that was not asked. */
  readonly band: Shown | undefined;
  readonly test: string;
}

/** Percents of a fraction: its numbers are written a hundred times as large. */
const factorOf = (unit: Difference["unit"]): number => (unit === "fraction/day" ? 100 : 1);

const UNITS: Record<Difference["unit"], string> = {
  percent: "%",
  bps: "bps",
  money: "",
  ratio: "",
  "fraction/day": "% a day",
  "count/day": "a day",
};

/** Two sides and what parts them, metric by metric. */
export function compareRow(row: Difference): CompareRow {
  const factor = factorOf(row.unit);
  const number = (value: number): string => fixed(value * factor, 2);
  const side = ({ value, reason, n }: Difference["a"]): Shown =>
    value === null
      ? unknownValue(`${reason ?? "not known"}, n=${n}`)
      : plain(number(value), `${number(value)}, n=${n}`);
  return {
    key: row.name,
    title: row.title,
    unit: UNITS[row.unit],
    a: side(row.a),
    b: side(row.b),
    difference:
      row.difference === null
        ? unknownValue(row.reason ?? "one of the sides is not known")
        : plain(signedFixed(row.difference * factor, 2)),
    interval:
      row.ci === undefined ? "" : `[${signedFixed(row.ci.low * factor, 2)}, ${signedFixed(row.ci.high * factor, 2)}]`,
    verdict: verdictOf(row),
    band: row.band === undefined ? undefined : bandOf(row.band, number),
    test: row.test,
  };
}

function verdictOf({ significant, difference, better, p, reason, test }: Difference): Shown {
  if (significant === null || difference === null) return unknownValue(reason ?? "it cannot be told");
  const sure = p === null ? test : `p ${probability(p)}, ${test}`;
  if (!significant) return { text: "as chance makes it", tone: "muted", full: sure };
  const up = difference > 0;
  if (better === null) return { text: up ? "▲ higher" : "▼ lower", tone: "neutral", full: sure };
  return (better === "higher") === up
    ? { text: "▲ better", tone: "up", full: sure }
    : { text: "▼ worse", tone: "down", full: sure };
}

function bandOf({ low, high, within }: NonNullable<Difference["band"]>, number: (value: number) => string): Shown {
  const words = `chance alone leaves it from ${number(low)} to ${number(high)}`;
  return within ? { text: "within", tone: "ok", full: words } : { text: "⚠ outside", tone: "stale", full: words };
}
