import { markoutMetric, runEnvelope, runFormat } from "../fill-quality.ts";
import { told } from "../format.ts";
import { runMarket, runOrderId } from "../fill-quality.ts";

/** The markouts that the fill-quality run computed itself: gauges beside those that the desk computes from the marks. */
export const fillQualityMarkouts = runFormat(
  "fill-quality-markouts",
  "markouts.jsonl of the fill-quality run",
  ["oid", "horizon", "markout_bps", "markout_vs_fill_bps", "run_id"],
  (input) => {
    const envelope = runEnvelope(input);
    return (row) => [
      markoutMetric(row, envelope, "ts"),
      told(row.line, {
        type: "metric",
        ...envelope,
        ts: row.needIso("ts"),
        id: `markout_vs_fill:${runOrderId(row)}:${row.needText("horizon")}`,
        name: "markout_vs_fill_bps",
        value: row.needNumber("markout_vs_fill_bps"),
        unit: "bps",
        labels: { venue: runMarket(row.needText("venue")).venue, horizon: row.needText("horizon") },
        order_id: runOrderId(row),
      }),
    ];
  },
);
