import type { EquityRow, WireMeasure } from "../protocol/api-money.ts";
import { amount, fixed } from "./number-format.ts";
import { plain, type Shown, type Tone, unknownValue } from "./shown.ts";

/** A loss beside its limit. */
export interface LimitUse {
  /** In percent. */
  readonly shown: Shown;
  /** Of the limit, 0 to 1 where the bar is full; undefined where the loss is not known. */
  readonly share: number | undefined;
  readonly word: "within" | "near" | "over" | undefined;
  readonly sign: string;
  readonly tone: Tone;
}

const NEAR_SHARE = 0.8;

/** How much of a limit (a ratio) a loss (a ratio ≥ 0) uses. */
export function limitUse({ value, reason, n }: WireMeasure, limit: number): LimitUse {
  if (typeof value !== "number") {
    const shown = unknownValue(reason ?? "not known");
    return { shown, share: undefined, word: undefined, sign: "", tone: "muted" };
  }
  const share = value / limit;
  const shown = plain(
    fixed(value * 100, 2),
    `${fixed(value * 100, 3)} % of the limit of ${fixed(limit * 100, 1)} %, n=${n} reports`,
  );
  const known = { shown, share: Math.min(1, share) };
  if (share >= 1) return { ...known, word: "over", sign: "⚠", tone: "bad" };
  if (share >= NEAR_SHARE) return { ...known, word: "near", sign: "▲", tone: "stale" };
  return { ...known, word: "within", sign: "✓", tone: "ok" };
}

/** What a bot or its venue reported of its equity, and what follows from it. */
export interface EquityLine {
  readonly key: string;
  readonly row: EquityRow;
  readonly equity: Shown;
  readonly currency: Shown;
  readonly drawdown: LimitUse;
  /** In percent. */
  readonly maxDrawdown: Shown;
  readonly dailyLoss: LimitUse;
}

/** The rows, the largest drawdown first. */
export const equityLines = (rows: readonly EquityRow[]): EquityLine[] =>
  rows.toSorted((a, b) => ratio(b) - ratio(a)).map(equityLine);

const ratio = ({ drawdown: { value } }: EquityRow): number => (typeof value === "number" ? value : -1);

function equityLine(row: EquityRow): EquityLine {
  return {
    key: `${row.mode} ${row.bot} ${row.venue ?? ""} ${row.currency ?? ""}`,
    row,
    equity: amount(row.equity),
    currency:
      row.currency === null ? unknownValue("the report names none: the bot's quote currency") : plain(row.currency),
    drawdown: limitUse(row.drawdown, row.drawdown_limit),
    maxDrawdown: limitUse(row.max_drawdown, row.drawdown_limit).shown,
    dailyLoss: limitUse(row.daily_loss, row.daily_loss_limit),
  };
}
