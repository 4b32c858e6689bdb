import { type Decimal, scaled, ZERO } from "../domain/decimal.ts";
import type { Position } from "../domain/ledger/average-cost.ts";
import type { LedgerPoint } from "../domain/ledger/holding.ts";

const isDecimal = (value: object): value is Decimal => "units" in value && "scale" in value;

/** JSON has no exact decimals or large integers and forgets what is undefined: all are written so that they come back. */
export const encode = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => {
    if (item === undefined) return { $: "undefined" };
    if (typeof item === "bigint") return { $: String(item) };
    if (typeof item === "object" && item !== null && isDecimal(item)) return { $: String(item.units), s: item.scale };
    return item;
  });

export const decode = (text: string): unknown => revive(JSON.parse(text));

/** Turns the tags back in place: a snapshot may hold a hundred thousand small objects. */
function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { $: tag, s: scale } = value as { $?: unknown; s?: unknown };
  if (tag === "undefined") return undefined;
  if (typeof tag === "string") return typeof scale === "number" ? scaled(BigInt(tag), scale) : BigInt(tag);
  const fields = value as Record<string, unknown>;
  for (const key in fields) if (typeof fields[key] === "object") fields[key] = revive(fields[key]);
  return value;
}

/** A point of a ledger as a fact of the log carries it. */
export const pointText = (point: LedgerPoint): string => encode(point);

/** The point again; the text is the hub's own. Of one that is older than the fold the cost is in one piece. */
export function pointFrom(text: string): LedgerPoint {
  const point = decode(text) as LedgerPoint;
  const { quantity, cost, ...position } = point.open.position as Position & { readonly cost?: Decimal };
  if (cost === undefined) return point;
  return { ...point, open: { ...point.open, position: { ...position, quantity, paid: cost, rest: ZERO } } };
}
