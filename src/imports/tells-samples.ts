import { eventTypes } from "../protocol/event-types.ts";
import { eventLine } from "./event-line.ts";
import { openText } from "./text-source.ts";

/** Of the lines at a file's beginning: from here on a store's writer has less to do than whoever reads and folds. */
const SHARE_MIN = 1 / 3;

/**
 * Whether much of what a file's beginning tells are samples, of which hardly any is written. False for a file that cannot
 * be read.
 */
export async function tellsSamples(file: string): Promise<boolean> {
  const head = await openText(file).then(
    ({ head: text, close }) => {
      close();
      return text;
    },
    () => "",
  );
  const lines = head.split("\n").slice(0, -1);
  return lines.length > 0 && lines.filter(isSample).length >= lines.length * SHARE_MIN;
}

function isSample(line: string): boolean {
  const parsed = eventLine(line);
  const type = parsed.ok ? parsed.value["type"] : undefined;
  return typeof type === "string" && type in eventTypes && "sampleKey" in eventTypes[type as keyof typeof eventTypes];
}
