import type { EventOf } from "../protocol/event-types.ts";

/** What is known of an instrument, whoever said it. */
type Instrument = EventOf<"instrument">;

/** What the configuration file declares, and what events say of the same. */
export interface DeclaredState {
  /** `venue\tsymbol` → the instrument that holds: what events told of it, and over that what the file declares. */
  readonly instruments: Map<string, Instrument>;
  /** `venue\tsymbol` → what the file declares. */
  readonly declared: Map<string, EventOf<"instrument.declared">>;
  /** `venue\tsymbol` → what events told of an instrument that the file declares. */
  readonly told: Map<string, EventOf<"instrument">>;
  /** `currency\tper` → units of `per` for one of `currency` as the file declares them, as text. */
  readonly declaredRates: Map<string, string>;
  /** Metric → the limit that the file declares for it. */
  readonly limits: Map<string, number>;
}

const INSTRUMENT = "instrument";

const keyOf = ({ venue, symbol }: Pick<Instrument, "venue" | "symbol">): string => `${venue}\t${symbol}`;

/** An event that says what an instrument is, or more of it. */
export function takeTold(state: DeclaredState, event: EventOf<"instrument">): void {
  const key = keyOf(event);
  const declared = state.declared.get(key);
  if (declared === undefined) {
    state.instruments.set(key, { ...state.instruments.get(key), ...event });
    return;
  }
  const told = { ...state.told.get(key), ...event };
  state.told.set(key, told);
  state.instruments.set(key, { ...told, ...declared, type: INSTRUMENT });
}

/** The file declares an instrument from here on, in place of what it declared before. */
export function takeDeclared(state: DeclaredState, event: EventOf<"instrument.declared">): void {
  const key = keyOf(event);
  const known = state.instruments.get(key);
  if (!state.declared.has(key) && known !== undefined) state.told.set(key, known);
  state.declared.set(key, event);
  state.instruments.set(key, { ...state.told.get(key), ...event, type: INSTRUMENT });
}

/** The file declares the instrument no longer: what events told of it holds again. */
export function takeWithdrawn(state: DeclaredState, event: EventOf<"instrument.withdrawn">): void {
  const key = keyOf(event);
  if (!state.declared.delete(key)) return;
  const told = state.told.get(key);
  state.told.delete(key);
  if (told === undefined) state.instruments.delete(key);
  else state.instruments.set(key, told);
}

/** A rate of the file, or that there is none any more. */
export function takeDeclaredRate(state: DeclaredState, { currency, per, price }: EventOf<"rate.declared">): void {
  const key = `${currency}\t${per}`;
  if (price === undefined) state.declaredRates.delete(key);
  else state.declaredRates.set(key, price);
}

/** A limit of the file, or that there is none any more. */
export function takeDeclaredLimit(state: DeclaredState, { metric, limit }: EventOf<"limit.declared">): void {
  if (limit === undefined) state.limits.delete(metric);
  else state.limits.set(metric, limit);
}
