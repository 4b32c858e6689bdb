import { type DeskEvent, eventTypes } from "./event-types.ts";
import type { Recorded, TextFact } from "./recorded.ts";

/** An event from its text in the store, which was validated when it came in. */
export const storedEvent = (body: string): DeskEvent => withOwnType(JSON.parse(body) as DeskEvent);

/** A fact with its event again. */
export const recordedFrom = (fact: TextFact): Recorded => ({ ...fact, event: storedEvent(fact.body) });

const ownTypes = new Map(Object.keys(eventTypes).map((type) => [type, type]));

/**
 * The event, in place, with the program's own text for its type. A fold asks for the type a dozen times: with that text V8
 * compares addresses, with one that was read it compares letters.
 */
export function withOwnType<E extends DeskEvent>(event: E): E {
  const own = ownTypes.get(event.type);
  if (own !== undefined) (event as { type: string }).type = own;
  return event;
}
