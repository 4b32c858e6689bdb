import { contentId } from "../content-id.ts";
import { runEnvelope, type RunEnvelope, runFormat, runMarket } from "../fill-quality.ts";
import { type ImportItem, told, Unmappable } from "../format.ts";
import type { Fields } from "../json-fields.ts";

const MS_PER_S = 1_000;
const QUANTILES = { p50: 0.5, p99: 0.99 } as const;
const FEED_LAG = "feed_lag_";

/**
 * Histograms of how long each stage took, a line for each second. A quantile is told as the upper edge of the bin that
 * holds it; the lag of a feed as that feed's latency too.
 */
export const fillQualityLatencies = runFormat(
  "fill-quality-latencies",
  "latency_hist.jsonl of the fill-quality run",
  ["ts", "edges", "stages", "run_id"],
  (input) => {
    const envelope = runEnvelope(input);
    return (row) => stageItems(row, envelope);
  },
);

function stageItems(row: Fields, envelope: RunEnvelope): ImportItem[] {
  const edges = numbers(row.value["edges"], "edges");
  const stages = row.object("stages");
  if (stages === undefined) throw new Unmappable("no stages");
  const base = { ...envelope, ts: row.needIso("ts") };
  const rowId = contentId(JSON.stringify(row.value));
  const items = Object.keys(stages.value).flatMap((stage) => {
    const counts = numbers(stages.value[stage], "stages");
    if (counts.length !== edges.length + 1)
      throw new Unmappable("a stage has not one bin more than there are edges", stage);
    return Object.entries(QUANTILES).flatMap(([name, quantile]) => {
      const seconds = upperEdge(edges, counts, quantile);
      if (seconds === undefined)
        return [{ line: row.line, leftOut: "a latency beyond the last edge of its histogram, or of no sample" }];
      const ms = seconds * MS_PER_S;
      const id = `${name}:${stage}:${rowId}`;
      const gauge = { type: "metric", name: `latency_${name}_ms`, value: ms, unit: "ms", labels: { stage } };
      const item = told(row.line, { ...base, id, ...gauge });
      return name === "p50" ? [item, ...feedItems(row.line, base, { stage, ms, id })] : [item];
    });
  });
  return items.length > 0 ? items : [{ line: row.line, leftOut: "a line without a stage" }];
}

function feedItems(
  line: number,
  base: RunEnvelope & { readonly ts: string },
  { stage, ms, id }: { readonly stage: string; readonly ms: number; readonly id: string },
): ImportItem[] {
  if (!stage.startsWith(FEED_LAG)) return [];
  const { venue } = runMarket(stage.slice(FEED_LAG.length));
  return [told(line, { type: "feed", ...base, id: `feed:${id}`, venue, kind: "latency", latency_ms: ms })];
}

/** The upper edge in seconds of the bin in which the quantile is; undefined when there is no sample, or no edge above it. */
function upperEdge(edges: readonly number[], counts: readonly number[], quantile: number): number | undefined {
  const rank = counts.reduce((sum, count) => sum + count, 0) * quantile;
  if (rank === 0) return undefined;
  let seen = 0;
  const bin = counts.findIndex((count) => {
    seen += count;
    return seen >= rank;
  });
  return edges[bin];
}

function numbers(value: unknown, name: string): readonly number[] {
  if (Array.isArray(value) && value.every((item): item is number => typeof item === "number")) return value;
  throw new Unmappable(`${name} is not a list of numbers`);
}
