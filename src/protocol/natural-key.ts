import type { DeskEvent } from "./event-types.ts";
import { eventTypes, isPairFill, modeOf } from "./event-types.ts";

type KeyOf = (event: DeskEvent) => readonly (string | undefined)[];

/**
 * The natural key of a fact (EVENTS.md, column K): the same key is the same fact, whoever says it and however often.
 * `mode` is part of every key. Undefined for types without one. What tells facts apart stands first: those that come
 * together, such as an order's, then lie together in the index of a store.
 */
export function naturalKey(event: DeskEvent): string | undefined {
  if (event.type === "fill" && isPairFill(event)) return joined([event.fill_id, "fill", event.bot, "", modeOf(event)]);
  const entry = eventTypes[event.type];
  if (!("key" in entry)) return undefined;
  const parts = (entry.key as KeyOf)(event);
  return parts.length === 0 ? undefined : joined(parts);
}

/** What a newer sample of the same stream replaces; undefined for facts. */
export function sampleKey(event: DeskEvent): string | undefined {
  const entry = eventTypes[event.type];
  if (!("sampleKey" in entry)) return undefined;
  return joined([modeOf(event), event.type, ...(entry.sampleKey as KeyOf)(event)]);
}

/** The natural key of the fill that `fill.voided` or `correction` speaks of. */
export const fillKeyOf = (event: {
  readonly bot: string;
  readonly account?: string | undefined;
  readonly mode?: string | undefined;
  readonly venue?: string | undefined;
  readonly fill_id: string;
}): string => joined([event.fill_id, "fill", event.account ?? event.bot, event.venue, modeOf(event)]);

/**
 * Parted by tabs, with nothing for what is undefined: one text, where concatenation makes a tree that is put together each
 * time somebody looks at it.
 */
const joined = (parts: readonly (string | undefined)[]): string => parts.join("\t");
