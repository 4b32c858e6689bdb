import { contentId, Told } from "../content-id.ts";
import { type ImportFormat, type ImportItem, type ImportOptions, told } from "../format.ts";
import { hbotInstrument, hbotMarket, hbotStatus, isoOf, reasonsOf } from "../hbot-row.ts";
import { hasColumns, type Row, tableItems } from "../table.ts";

const COLUMNS = ["ts", "bot_variant", "exchange", "trading_pair", "state", "equity_open_quote", "equity_now_quote"];

/** The daily rows of the paper market maker: equity as a balance, the state, and the whole row as a note of that day. */
export const hbotDays: ImportFormat = {
  name: "hbot-paper-days",
  about: "daily rows of the hbot paper market maker",
  detect: (head) => hasColumns(head, COLUMNS),
  open: (input) => {
    const instruments = new Told();
    return tableItems(input, COLUMNS, (row) => [
      ...hbotInstrument(row, hbotMarket(row, input.options), instruments),
      ...dayOf(row, input.options),
    ]);
  },
};

function dayOf(row: Row, options: ImportOptions): ImportItem[] {
  const { envelope, venue, symbol, quote } = hbotMarket(row, options);
  const ts = isoOf(row);
  const base = { ...envelope, ts };
  const rowId = contentId(row.fields.join("\t"));
  const equity = row.needDecimal("equity_now_quote");
  const pnl = row.decimal("pnl_quote");
  const status = hbotStatus(row);
  return [
    told(row.line, {
      type: "balance",
      ...base,
      id: `balance:${rowId}`,
      venue,
      balances: [],
      equity,
      equity_currency: quote,
      source: "bot",
    }),
    told(row.line, { type: "bot.state", ...base, id: `state:${rowId}`, status, reason: row.get("ops_events") }),
    told(row.line, {
      type: "annotation",
      ...base,
      id: `day:${rowId}`,
      title: `Day row ${ts.slice(0, 10)}: ${status}`,
      text: `${venue} ${symbol}: equity ${equity} ${quote}${pnl === undefined ? "" : `, PnL ${pnl} ${quote}`} as the bot reports it`,
      venue,
      symbol,
      equity_open_quote: row.decimal("equity_open_quote"),
      equity_now_quote: equity,
      pnl_quote: pnl,
      pnl_pct: row.number("pnl_pct"),
      turnover_x: row.number("turnover_x"),
      fills_count: row.number("fills_count"),
      ops_events: reasonsOf(row.get("ops_events")),
    }),
  ];
}
