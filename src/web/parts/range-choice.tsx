import type { ReactNode } from "react";
import { TIME_RANGES, type TimeRange } from "../../view/time-range.ts";
import { OneOf } from "./one-of.tsx";

const ranges = TIME_RANGES.map(({ range, label, words }) => ({ value: range, label, hint: words }));

interface RangeChoiceProps {
  readonly value: TimeRange;
  readonly choose: (range: TimeRange) => void;
}

/** How far back a chart goes. */
export function RangeChoice({ value, choose }: RangeChoiceProps): ReactNode {
  return <OneOf label="Range" value={value} options={ranges} choose={choose} />;
}
