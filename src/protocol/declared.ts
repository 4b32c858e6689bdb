import { z } from "zod";
import { currency, positiveDecimal } from "./fields.ts";
import { instrumentFields } from "./events/market.ts";

/** Entries that one file may declare. */
const INSTRUMENTS_MAX = 5_000;
const RATES_MAX = 500;

/** An instrument as the configuration file declares it; unknown names are refused, so that typos are seen. */
const declaredInstrument = z.strictObject(instrumentFields);

/** What one unit of a currency is worth in another, as the configuration file declares it. */
const declaredRate = z
  .strictObject({ currency, per: currency, price: positiveDecimal })
  .refine((rate) => rate.currency !== rate.per, { path: ["per"], error: "expected another currency than its own" });

/** The instruments of a file, each (venue, symbol) once. */
export const declaredInstruments = z
  .array(declaredInstrument)
  .max(INSTRUMENTS_MAX)
  .superRefine((entries, context) => {
    const first = new Map<string, number>();
    for (const [index, { venue, symbol }] of entries.entries()) {
      const key = `${venue}\t${symbol}`;
      const before = first.get(key);
      if (before === undefined) first.set(key, index);
      else
        context.addIssue({ code: "custom", path: [index, "symbol"], message: `declared before, as entry ${before}` });
    }
  });

/** The rates of a file, each pair of currencies once, in one direction. */
export const declaredRates = z
  .array(declaredRate)
  .max(RATES_MAX)
  .superRefine((entries, context) => {
    const first = new Map<string, number>();
    for (const [index, rate] of entries.entries()) {
      const key = [rate.currency, rate.per].sort().join("\t");
      const before = first.get(key);
      if (before === undefined) first.set(key, index);
      else context.addIssue({ code: "custom", path: [index, "per"], message: `declared before, as entry ${before}` });
    }
  });

/** What a day may lose and how far equity may fall below its peak, as ratios: 0.03 is 3 %. */
export const declaredLimits = z.strictObject({
  daily_loss_pct: z.number().positive().max(1).optional(),
  drawdown_pct: z.number().positive().max(1).optional(),
});

export type DeclaredInstrument = z.output<typeof declaredInstrument>;
export type DeclaredRate = z.output<typeof declaredRate>;

/** What the configuration file says of instruments, currencies and limits. */
export interface Declared {
  readonly limits: z.output<typeof declaredLimits>;
  readonly instruments: readonly DeclaredInstrument[];
  readonly rates: readonly DeclaredRate[];
}
