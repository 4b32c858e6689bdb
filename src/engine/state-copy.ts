import type { DeskState } from "./desk-state.ts";
import type { BotState } from "./bot-state.ts";
import type { State } from "./fold.ts";
import type { SampleState } from "./sample-state.ts";

/** A copy of a state, and how many entries its maps hold. */
export interface StateCopy {
  readonly state: State;
  readonly entries: number;
}

/**
 * A copy that stays as it is while the original goes on. Entries of facts are never changed in place, so they are shared;
 * what samples change in place is copied. Yields between the parts, so that the caller may let other work in between:
 * the original must not change meanwhile.
 */
export function* copyState(state: State): Generator<void, StateCopy> {
  const count = { entries: 0 };
  const desk: DeskState = copyPart(state.desk, count);
  yield;
  const bots = new Map<string, BotState>();
  for (const [name, bot] of state.bots) {
    bots.set(name, copyPart(bot, count));
    yield;
  }
  return { state: { desk, bots, samples: copySamples(state.samples, count) }, entries: count.entries };
}

/** A copy of one bot that stays as it is while the original goes on. */
export const copyBot = (bot: BotState): BotState => copyPart(bot, { entries: 0 });

interface Count {
  entries: number;
}

function copyPart<T extends object>(part: T, count: Count): T {
  // Every field is there from the beginning: an object that grows field by field is slow for as long as it lives.
  const copy = { ...part } as Record<string, unknown>;
  for (const [field, value] of Object.entries(part)) {
    if (value instanceof Map) count.entries += value.size;
    copy[field] = value instanceof Map ? new Map(value) : Array.isArray(value) ? value.map(copyItem) : value;
  }
  return copy as T;
}

/** Lists beside the maps may be changed in place. */
function copyItem(item: unknown): unknown {
  if (Array.isArray(item)) return item.map(copyItem);
  if (typeof item !== "object" || item === null) return item;
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, copyItem(value)]));
}

function copySamples(samples: SampleState, count: Count): SampleState {
  const copy = copyPart(samples, count);
  for (const [bot, contact] of copy.contacts) copy.contacts.set(bot, { ...contact, perMinute: [...contact.perMinute] });
  for (const [venue, window] of copy.feeds) copy.feeds.set(venue, window.copy());
  for (const [bot, window] of copy.tickTimes) copy.tickTimes.set(bot, window.copy());
  return copy;
}
