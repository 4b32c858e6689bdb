const DAY_MS = 86_400_000;

/** The ranges of the pages of analysis in the order of their buttons, each with words for where it begins. */
export const ANALYSIS_RANGES = [
  { range: "1d", label: "1d", words: "the last 24 hours", days: 1 },
  { range: "7d", label: "7d", words: "the last 7 days", days: 7 },
  { range: "30d", label: "30d", words: "the last 30 days", days: 30 },
  { range: "90d", label: "90d", words: "the last 90 days", days: 90 },
  { range: "365d", label: "365d", words: "the last 365 days", days: 365 },
] as const;

/** A range that ends now. */
export type AnalysisRange = (typeof ANALYSIS_RANGES)[number]["range"];

/** The range that a text names, else the usual one. */
export const analysisRangeOf = (name: string | undefined, usual: AnalysisRange): AnalysisRange =>
  ANALYSIS_RANGES.find(({ range }) => range === name)?.range ?? usual;

const chosen = (wanted: AnalysisRange): (typeof ANALYSIS_RANGES)[number] =>
  ANALYSIS_RANGES.find(({ range }) => range === wanted) ?? ANALYSIS_RANGES[1];

/** Where a range begins, in words. */
export const analysisRangeWords = (range: AnalysisRange): string => chosen(range).words;

/** The first moment (ms) of a range that ends at `nowMs`. */
export const analysisStart = (range: AnalysisRange, nowMs: number): number => nowMs - chosen(range).days * DAY_MS;
