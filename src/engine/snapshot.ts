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

/** Characters after which a slice ends: making one of so many takes a millisecond or two. */
const SLICE_CHARS = 128 * 1024;

/**
 * The slices of one bot, or of the desk, made one at a time so that the caller may let other work in between. What
 * they hold is fixed by the first: entries are never changed in place, so a shallow copy is a cut through time.
 */
export function* slicesOf(name: string, part: BotState | DeskState): Generator<Slice> {
  const { seq } = part;
  const maps: [string, readonly unknown[]][] = [];
  const core: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(part)) {
    if (value instanceof Map) maps.push([field, [...value]]);
    else core[field] = value;
  }
  yield { name: `${name}/core`, seq, body: encode(core) };
  const counts: Record<string, number> = {};
  for (const [field, entries] of maps) {
    let count = 0;
    for (const body of bodiesOf(entries)) yield { name: `${name}/${field}/${count++}`, seq, body };
    counts[field] = count;
  }
  yield { name: `${name}/counts`, seq, body: encode(counts) };
}

function* bodiesOf(entries: readonly unknown[]): Generator<string> {
  let texts: string[] = [];
  let chars = 0;
  for (const entry of entries) {
    const text = encode(entry);
    texts.push(text);
    chars += text.length;
    if (chars < SLICE_CHARS) continue;
    yield `[${texts.join(",")}]`;
    texts = [];
    chars = 0;
  }
  if (texts.length > 0) yield `[${texts.join(",")}]`;
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
  const part: Record<string, unknown> = { ...(bodyOf(`${name}/core`) as Record<string, unknown>) };
  for (const [field, count] of Object.entries(bodyOf(`${name}/counts`) as Record<string, number>)) {
    const entries = new Map<string, unknown>();
    for (let place = 0; place < count; place++)
      for (const [key, value] of bodyOf(`${name}/${field}/${place}`) as [string, unknown][]) entries.set(key, value);
    part[field] = entries;
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
