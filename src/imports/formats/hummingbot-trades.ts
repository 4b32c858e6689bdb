import { Occurrences, Told } from "../content-id.ts";
import type { ImportFormat } from "../format.ts";
import { hummingbotFill } from "../hummingbot.ts";
import { hasColumns, tableItems } from "../table.ts";

/** What every generation of the file has; `leverage`, `position`, `age` and `exchange_trade_id` came later. */
const COLUMNS = ["config_file_path", "market", "symbol", "timestamp", "order_id", "trade_type", "price", "amount"];

/** The trades that Hummingbot appends to `trades_CONFIG.csv`: one row, one fill. */
export const hummingbotTrades: ImportFormat = {
  name: "hummingbot-trades",
  about: "trades_*.csv of Hummingbot",
  detect: (head) => hasColumns(head, COLUMNS),
  open: (input) => {
    const course = { options: input.options, instruments: new Told(), occurrences: new Occurrences() };
    return tableItems(input, COLUMNS, (row) => hummingbotFill(row, course));
  },
};
