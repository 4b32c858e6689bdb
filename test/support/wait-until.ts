import { setTimeout as delay } from "node:timers/promises";

const LOOK_EVERY_MS = 20;

/** Resolves once `holds` does; throws after 45 s, or `withinMs`, with what was waited for. */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 45_000,
): Promise<void> {
  for (const endsAt = performance.now() + withinMs; performance.now() < endsAt; await delay(LOOK_EVERY_MS))
    if (await holds()) return;
  throw new Error(`waited ${withinMs} ms in vain until ${what}`);
}
