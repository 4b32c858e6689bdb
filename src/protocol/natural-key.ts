import type { DeskEvent } from "./event-types.ts";
import { eventTypes, isPairFill } from "./event-types.ts";

type KeyOf = (event: DeskEvent) => readonly (string | undefined)[];

/**
 * The natural key of a fact (EVENTS.md, column K): the same key is the same fact, whoever says it and however often.
 * `mode` is part of every key. Undefined for types without one.
 */
export function naturalKey(event: DeskEvent): string | undefined {
  if (event.type === "fill" && isPairFill(event)) return joined(event, ["fill", event.bot, "", event.fill_id]);
  const entry = eventTypes[event.type];
  if (!("key" in entry)) return undefined;
  const parts = (entry.key as KeyOf)(event);
  return parts.length === 0 ? undefined : joined(event, parts);
}

/** What a newer sample of the same stream replaces; undefined for facts. */
export function sampleKey(event: DeskEvent): string | undefined {
  const entry = eventTypes[event.type];
  return "sampleKey" in entry ? joined(event, [event.type, ...(entry.sampleKey as KeyOf)(event)]) : undefined;
}

/** The natural key of the fill that `fill.voided` or `correction` speaks of. */
export const fillKeyOf = (event: {
  readonly bot: string;
  readonly account?: string | undefined;
  readonly mode?: string | undefined;
  readonly venue?: string | undefined;
  readonly fill_id: string;
}): string => joined(event, ["fill", event.account ?? event.bot, event.venue, event.fill_id]);

const joined = (event: { readonly mode?: string | undefined }, parts: readonly (string | undefined)[]): string =>
  `${event.mode ?? "live"}\t${parts.map((part) => part ?? "").join("\t")}`;
