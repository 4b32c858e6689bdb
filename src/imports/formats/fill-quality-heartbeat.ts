import { runEnvelope } from "../fill-quality.ts";
import { healthItems } from "../fill-quality-health.ts";
import type { ImportFormat } from "../format.ts";
import { hasNames, rowItems } from "../json-items.ts";

/** How the fill-quality run does now: one object, overwritten in place. */
export const fillQualityHeartbeat: ImportFormat = {
  name: "fill-quality-heartbeat",
  about: "heartbeat.json of the fill-quality run",
  detect: (head) => hasNames(head, ["spot_age_seconds"], ["futures_age_seconds"], ["timestamp"]),
  open: (input) => {
    const envelope = runEnvelope(input);
    return rowItems(input, (row) => healthItems(row, envelope, "timestamp"));
  },
};
