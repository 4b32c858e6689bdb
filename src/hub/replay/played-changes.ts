import type { DeskEvent } from "../../protocol/event-types.ts";
import type { Recorded } from "../../protocol/recorded.ts";
import type { Changes } from "../changes.ts";

/** Gathers what was played, for the subscribers of the replay. */
export class PlayedChanges {
  #facts: Recorded[] = [];
  #bots = new Set<string>();
  #books = new Set<string>();

  fact(fact: Recorded): void {
    this.#facts.push(fact);
    this.#bots.add(fact.event.bot);
  }

  sample(event: DeskEvent): void {
    this.#bots.add(event.bot);
    if (event.type === "book") this.#books.add(`${event.venue}\t${event.symbol}`);
  }

  /** What was gathered since the last call. */
  take(): Changes {
    const facts = this.#facts.map((fact) => ({ ...fact, body: JSON.stringify(fact.event) }));
    const [bots, books] = [this.#bots, this.#books];
    this.clear();
    return { facts, bots, books, edges: true, exposure: true, marks: true, health: true, looked: true, rejected: [] };
  }

  clear(): void {
    this.#facts = [];
    if (this.#bots.size > 0) this.#bots = new Set();
    if (this.#books.size > 0) this.#books = new Set();
  }
}
