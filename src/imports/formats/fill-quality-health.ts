import { runEnvelope, runFormat } from "../fill-quality.ts";
import { healthItems } from "../fill-quality-health.ts";

/** How the fill-quality run does, a line for each second. */
export const fillQualityHealth = runFormat(
  "fill-quality-health",
  "health.jsonl of the fill-quality run",
  ["ts", "fills_total", "loop_lag_p99_ms", "gross_exposure_usd", "run_id"],
  (input) => {
    const envelope = runEnvelope(input);
    return (row) => healthItems(row, envelope, "ts");
  },
);
