import { isoFromMicros } from "../../base/time.ts";
import { aliasedItems, hasRequired } from "../aliased-table.ts";
import { tradeAliases } from "../column-aliases.ts";
import { Occurrences } from "../content-id.ts";
import { type ImportFormat, type ImportItem, type ImportOptions, told, Unmappable } from "../format.ts";
import { ownEnvelope } from "../own-envelope.ts";
import type { Row } from "../table.ts";

/** `trades.csv` as bots write it for themselves: one row, one position from its entry to its exit. */
export const tradesCsv: ImportFormat = {
  name: "trades-csv",
  about: "trades.csv of any bot: entry, exit and PnL of a position a row, columns by their usual names",
  detect: (head, columns) => hasRequired(head, tradeAliases, columns),
  open: (input) => {
    const occurrences = new Occurrences();
    return aliasedItems(input, tradeAliases, (row) => positionItems(row, input.options, occurrences));
  },
};

const SIDES: Readonly<Record<string, "long" | "short">> = { long: "long", buy: "long", short: "short", sell: "short" };

function positionItems(row: Row, options: ImportOptions, occurrences: Occurrences): ImportItem[] {
  const said = row.need("side");
  const side = SIDES[said.toLowerCase()];
  if (side === undefined) throw new Unmappable("the side is none of long, short, buy, sell", said);
  const [closedAt, openedAt] = [isoFromMicros(row.needTime("exit_time")), row.iso("entry_time")];
  const what = {
    venue: row.get("venue") ?? "unknown",
    symbol: row.need("symbol"),
    side,
    size: sizeOf(row),
    entry_price: row.needDecimal("entry_price"),
  };
  const exitPrice = row.needDecimal("exit_price");
  const { line } = row;
  // Bots number their trades anew when they start anew: what was traded when tells them apart.
  const content = [...Object.values(what), exitPrice, openedAt ?? "", closedAt, row.get("trade_id") ?? ""].join("\t");
  const positionId = occurrences.idOf(content);
  const envelope = ownEnvelope(row, options);
  const position = { ...envelope, position_id: positionId, ...what, trade_id: row.get("trade_id") };
  const opened =
    openedAt === undefined
      ? { line, leftOut: "the opening of a position: the file has no entry time" }
      : told(line, { type: "position.opened", ...position, ts: openedAt, id: `opened:${positionId}` });
  const closed = told(line, {
    type: "position.closed",
    ...position,
    ts: closedAt,
    id: `closed:${positionId}`,
    exit_price: exitPrice,
    ...pnlOf(row),
    fees: row.decimal("fee"),
    opened_at: openedAt,
    reason: row.get("reason"),
  });
  return [opened, closed];
}

/** Some write a short as a negative size. */
const sizeOf = (row: Row): string => row.needDecimal("size").replace(/^-/, "");

function pnlOf(row: Row) {
  const net = row.decimal("pnl");
  if (net !== undefined) return { realized_pnl: net };
  const gross = row.decimal("gross_pnl");
  return gross === undefined ? {} : { realized_pnl: gross, realized_pnl_is_gross: true };
}
