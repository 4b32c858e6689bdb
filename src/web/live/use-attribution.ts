import type { BotView } from "../../protocol/api.ts";
import type { AttributionAnswer } from "../../protocol/api-attribution.ts";
import { hold, isFields, isList } from "./shapes.ts";
import { useAnalysis } from "./use-analysis.ts";
import type { Reading } from "./use-read.ts";

/** Where the profit of today came from, of every bot of a mode. Mount anew to ask of another one. */
export const useAttribution = (mode: BotView["mode"]): Reading<AttributionAnswer> =>
  useAnalysis({ name: "attribution", is: isAttribution, query: { mode } });

/** The answer of `GET /api/v1/attribution`. */
const isAttribution = (data: unknown): data is AttributionAnswer =>
  isFields(data) &&
  isList(data["rows"], (row) => hold("string", "currency")(row) && Array.isArray(row["residual_reasons"]));
