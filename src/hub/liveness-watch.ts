import type { Micros } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { readLiveness } from "../engine/liveness.ts";
import { botNames } from "../engine/read-bots.ts";
import { readEdges } from "../engine/read-edges.ts";
import type { Changes } from "./changes.ts";

/** What changes by the passing of time alone: a bot falls silent, an edge runs out, ages of feeds grow. */
export class LivenessWatch {
  readonly #seen = new Map<string, string>();
  #edges = 0;

  /** The bots that read differently than at the last look, and whether an edge is no longer live. */
  look(state: State, now: Micros): Changes {
    const bots = new Set<string>();
    for (const bot of botNames(state)) {
      const { liveness, stuck } = readLiveness(state.bots.get(bot), state.samples.contacts.get(bot), now);
      const reading = `${liveness} ${stuck}`;
      if (this.#seen.get(bot) !== reading) bots.add(bot);
      this.#seen.set(bot, reading);
    }
    const edges = readEdges(state, now, undefined).length;
    const fewer = edges < this.#edges;
    this.#edges = edges;
    return { facts: [], bots, edges: fewer, exposure: false, health: true, looked: true, rejected: [] };
  }
}
