import type { BotCounts } from "./bot-condition.ts";

/** How the page is connected to the hub. */
export type Connection = "connecting" | "live" | "reconnecting";

/** The title of the window: what somebody must see of the desk while looking at something else. */
export function windowTitle(connection: Connection, counts: BotCounts | undefined): string {
  const name = "Deskwatch";
  if (connection === "reconnecting") return `⚠ reconnecting · ${name}`;
  if (counts === undefined) return name;
  if (counts.total === 0) return `○ no bots yet · ${name}`;
  const parts = [
    ...(counts.offline > 0 ? [`○ ${counts.offline} offline`] : []),
    ...(counts.halted > 0 ? [`■ ${counts.halted} halted`] : []),
    ...(counts.stale > 0 ? [`◌ ${counts.stale} stale`] : []),
    `● ${counts.live} live`,
  ];
  return `${parts.join(" ")} · ${name}`;
}
