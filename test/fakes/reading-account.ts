import { FeedReport } from "../../src/venues/core/feed.ts";
import type { AccountKind, AccountView } from "../../src/venues/core/account.ts";
import type { Secret } from "../../src/venues/core/secret.ts";
import { fetchHttpPort } from "../../src/venues/io/fetch-http.ts";
import { machineClock, machineTimers } from "../../src/venues/io/machine.ts";

export interface ReadingOptions {
  readonly kind: AccountKind;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, Secret | undefined>>;
  /** After so long without an answer there is none. */
  readonly timeoutMs?: number;
}

/** An account read over real HTTP, and everything that was told of its requests. */
export function readingAccount({ kind, settings, secrets, timeoutMs = 5_000 }: ReadingOptions): {
  readonly view: AccountView;
  readonly told: string[];
} {
  const clock = machineClock();
  const told: string[] = [];
  const feed = new FeedReport({
    venue: kind.name,
    clock,
    sink: { tell: (event) => void told.push(JSON.stringify(event)) },
  });
  const http = fetchHttpPort(fetch, timeoutMs);
  const context = { clock, timers: machineTimers, random: () => 0.5, http, feed };
  const opened = kind.open({ settings, secrets, context });
  if (!opened.ok) throw new Error(opened.error);
  return { view: opened.value, told };
}
