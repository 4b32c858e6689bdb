import type { BotView } from "../../protocol/api.ts";
import type { AttributionAnswer } from "../../protocol/api-attribution.ts";
import { useAnalysis } from "./use-analysis.ts";
import type { Reading } from "./use-read.ts";

/** Where the profit of today came from, of every bot of a mode. Mount anew to ask of another one. */
export const useAttribution = (mode: BotView["mode"]): Reading<AttributionAnswer> =>
  useAnalysis({ name: "attribution", is: isAttribution, query: { mode } });

/** The answer of `GET /api/v1/attribution`. */
const isAttribution = (data: unknown): data is AttributionAnswer =>
  typeof data === "object" &&
  data !== null &&
  "rows" in data &&
  Array.isArray(data.rows) &&
  data.rows.every(
    (row: unknown) => typeof row === "object" && row !== null && "currency" in row && "residual_reasons" in row,
  );
