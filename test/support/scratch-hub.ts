import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { loadConfig } from "../../src/app/config.ts";
import { type Desk, startDesk } from "../../src/app/wiring.ts";
import { scratchDirectory } from "./scratch.ts";

/** A whole hub in this process, empty, on a free port of loopback; gone when the test ends. */
export async function scratchHub(): Promise<Desk & { readonly dataDir: string }> {
  const dataDir = join(scratchDirectory(), "data");
  const config = loadConfig({ port: "0", dataDir }, { DESKWATCH_LOG_LEVEL: "silent" });
  const desk = await startDesk(ensure(config.ok ? config.value : undefined, "a configuration"));
  onTestFinished(() => desk.close());
  return { ...desk, dataDir };
}

/** Sends events to a hub; throws when any of them is refused, unless refusals are expected. */
export async function sendTo(url: string, events: readonly object[], refused = 0): Promise<void> {
  const response = await fetch(`${url}/api/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(events),
  });
  const answer = (await response.json()) as { rejected?: unknown[] };
  if (response.status !== 200 || answer.rejected?.length !== refused) throw new Error(JSON.stringify(answer));
}
