import type { ImportFormat } from "./format.ts";
import { arbitrageAttempts } from "./formats/arbitrage-attempts.ts";
import { arbitrageEvents } from "./formats/arbitrage-events.ts";
import { arbitrageSettlements } from "./formats/arbitrage-settlements.ts";
import { deskwatchNdjson } from "./formats/deskwatch-ndjson.ts";
import { hbotDays } from "./formats/hbot-days.ts";
import { hbotFills } from "./formats/hbot-fills.ts";
import { hbotMinutes } from "./formats/hbot-minutes.ts";

/** Every format that can be imported, in the order in which they are tried on a file's beginning. */
export const importFormats: readonly ImportFormat[] = [
  deskwatchNdjson,
  hbotFills,
  hbotMinutes,
  hbotDays,
  arbitrageAttempts,
  arbitrageEvents,
  arbitrageSettlements,
];

/** The format that a file beginning so has; undefined when none knows it. */
export const detectFormat = (head: string): ImportFormat | undefined =>
  importFormats.find((format) => format.detect(head));

/** The format of that name; undefined when there is none. */
export const formatNamed = (name: string): ImportFormat | undefined =>
  importFormats.find((format) => format.name === name);
