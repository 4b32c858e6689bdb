import type { ImportMode, ImportOptions } from "./format.ts";
import type { Row } from "./table.ts";

/** Who says the rows of a file that a bot wrote for itself: as `--bot` says, else its own column, else `default`. */
export const ownEnvelope = (row: Row, options: ImportOptions) => ({
  bot: options.bot ?? row.get("bot") ?? "default",
  mode: options.mode ?? ("live" satisfies ImportMode),
  strategy: row.get("strategy"),
  account: row.get("account"),
});
