/** Why there is no value, as a label: few, so that they can be counted. */
export type ReasonCode =
  | "not_reported"
  | "no_trades"
  | "no_orders"
  | "no_equity"
  | "no_rate"
  | "no_mark"
  | "no_sample"
  | "other";

const CODES: readonly (readonly [RegExp, ReasonCode])[] = [
  [
    /^the bot does not report|^no account|^no fill said|^no fill told|said no profit|^no (?:maker |taker )?(?:quotes reported|quote says|fill says)/,
    "not_reported",
  ],
  [/^nothing was traded|^no trade|^no wins|^no losses|^no fills/, "no_trades"],
  [/^no order|^no entry orders/, "no_orders"],
  [/equity/, "no_equity"],
  [/rate/, "no_rate"],
  [/^no mark|^the mark/, "no_mark"],
  [/^needs /, "no_sample"],
];

/** The code of a reason in words. */
export const reasonCode = (reason: string): ReasonCode => CODES.find(([words]) => words.test(reason))?.[1] ?? "other";
