import type { Recorded } from "../../protocol/recorded.ts";
import type { Changes } from "../changes.ts";

/** What facts of the past change when they are played, for the subscribers of the replay. */
export const changesOf = (facts: readonly Recorded[]): Changes => ({
  facts: facts.map((fact) => ({ ...fact, body: JSON.stringify(fact.event) })),
  bots: new Set(facts.map(({ event }) => event.bot)),
  edges: true,
  exposure: true,
  health: true,
  rejected: [],
});
