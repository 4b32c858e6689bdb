import { ensure } from "../base/assert.ts";
import { type BotState, emptyBotState } from "./bot-state.ts";
import { type DeskState, emptyDeskState } from "./desk-state.ts";
import { type State, emptyState } from "./fold.ts";
import { decode, encode } from "./snapshot-text.ts";

/** A part of the state as text. Parts of one name prefix belong together and were cut at the same `seq`. */
export interface Slice {
  readonly name: string;
  readonly seq: number;
  readonly body: string;
}

const CHUNK = 500;

type Entries = readonly (readonly [string, unknown])[];

/**
 * The slices of one bot, or of the desk, made one at a time so that the caller may let other work in between. What
 * they hold is fixed by the first: entries are never changed in place, so a shallow copy is a cut through time.
 */
export function* slicesOf(name: string, part: BotState | DeskState): Generator<Slice> {
  const { seq } = part;
  const maps: [string, Entries][] = [];
  const core: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(part)) {
    if (value instanceof Map) maps.push([field, [...value]]);
    else core[field] = value;
  }
  const counts = Object.fromEntries(maps.map(([field, entries]) => [field, Math.ceil(entries.length / CHUNK)]));
  yield { name: `${name}/core`, seq, body: encode({ core, counts }) };
  for (const [field, entries] of maps)
    for (let start = 0; start < entries.length; start += CHUNK)
      yield { name: `${name}/${field}/${start / CHUNK}`, seq, body: encode(entries.slice(start, start + CHUNK)) };
}

export const DESK_SLICE = "desk";
export const botSlice = (bot: string): string => `bot:${bot}`;

/** The state that slices were cut from; parts may stand at different `seq`s. */
export function stateFromSlices(slices: readonly Slice[]): State {
  const bodies = new Map(slices.map((slice) => [slice.name, slice.body]));
  const state = {
    ...emptyState(),
    desk: {
      ...emptyDeskState(),
      ...(bodies.has(`${DESK_SLICE}/core`) ? (restore(DESK_SLICE, bodies) as DeskState) : {}),
    },
  };
  for (const { name } of slices) {
    const match = /^(bot:.*)\/core$/.exec(name);
    if (match?.[1] === undefined) continue;
    const { bot: known, ...bot } = restore(match[1], bodies) as BotState;
    // Of the same shape as one that is new: code that meets two shapes is slower for both.
    state.bots.set(known, Object.assign(emptyBotState(known), bot));
  }
  return state;
}

function restore(name: string, bodies: ReadonlyMap<string, string>): unknown {
  const bodyOf = (slice: string): unknown => decode(ensure(bodies.get(slice), `snapshot slice ${slice} is missing`));
  const { core, counts } = bodyOf(`${name}/core`) as { core: Record<string, unknown>; counts: Record<string, number> };
  const part: Record<string, unknown> = { ...core };
  for (const [field, chunks] of Object.entries(counts)) {
    const entries: [string, unknown][] = [];
    for (let chunk = 0; chunk < chunks; chunk++)
      entries.push(...(bodyOf(`${name}/${field}/${chunk}`) as [string, unknown][]));
    part[field] = new Map(entries);
  }
  return part;
}

/** All facts' state as one text: equal texts are equal states, in whatever order the bots came. For I1. */
export function fingerprint(state: State): string {
  const lines = [...slicesOf(DESK_SLICE, state.desk)].map((slice) => `${slice.name} ${slice.body}`);
  for (const [name, bot] of [...state.bots].sort(([a], [b]) => (a < b ? -1 : 1)))
    lines.push(...[...slicesOf(botSlice(name), bot)].map((slice) => `${slice.name} ${slice.body}`));
  return lines.join("\n");
}
