import type { BotCounts } from "./bot-condition.ts";

/** How the page is connected to the hub. */
export type Connection = "connecting" | "live" | "reconnecting";

/** What is not the live desk, and must never be taken for it. */
export type NotLive = "REPLAY" | "DEMO";

/** The title of the window: what somebody must see of the desk while looking at something else. */
export function windowTitle(
  connection: Connection,
  counts: BotCounts | undefined,
  notLive: readonly NotLive[] = [],
): string {
  return [...notLive, ...stateOf(connection, counts), "Deskwatch"].join(" · ");
}

function stateOf(connection: Connection, counts: BotCounts | undefined): string[] {
  if (connection === "reconnecting") return ["⚠ reconnecting"];
  if (counts === undefined) return [];
  if (counts.total === 0) return ["○ no bots yet"];
  const parts = [
    ...(counts.offline > 0 ? [`○ ${counts.offline} offline`] : []),
    ...(counts.halted > 0 ? [`■ ${counts.halted} halted`] : []),
    ...(counts.stale > 0 ? [`◌ ${counts.stale} stale`] : []),
    `● ${counts.live} live`,
  ];
  return [parts.join(" ")];
}
