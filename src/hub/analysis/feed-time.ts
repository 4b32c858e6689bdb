import { parseTime } from "../../base/time.ts";
import type { ConductEvidence } from "../../engine/diagnosis/evidence.ts";
import { FeedShare } from "../../engine/diagnosis/feed-share.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { logEvents, type LogParts } from "../log-events.ts";
import type { BotRange } from "./attribution.ts";

/** How much of a range the feeds of a bot were stale or away, from all that was told of them in it. */
export async function feedTimeOf(
  parts: LogParts,
  { bot, mode, from, to }: Pick<BotRange, "bot" | "mode" | "from" | "to">,
): Promise<ConductEvidence["feed"]> {
  const share = new FeedShare();
  for await (const event of logEvents<EventOf<"feed">>(parts, { bot, mode, type: "feed", from, to }))
    share.take(event, parseTime(event.ts) ?? 0);
  return share.read(to);
}
