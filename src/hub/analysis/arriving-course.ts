import type { LedgerEntry } from "../../domain/ledger/entries.ts";
import type { FillCourse } from "../../engine/attribution/fill-course.ts";
import type { Ledger } from "../../engine/ledgers.ts";
import type { BotCourse, EntrySink } from "../bot-entries.ts";
import type { StoredFill } from "../stored-entries.ts";
import { type ArrivalStore, FillArrivals } from "./fill-arrivals.ts";

/** The fills of a bot with the mids at arrival of their orders, as they are read from the store. */
export class ArrivingCourse implements EntrySink {
  readonly course: FillCourse;
  readonly #arrivals: FillArrivals;

  constructor(course: FillCourse, store: ArrivalStore) {
    this.course = course;
    this.#arrivals = new FillArrivals(store);
  }

  take(ledger: string, entry: LedgerEntry, arrivalMid?: string): void {
    this.course.take(ledger, entry, arrivalMid);
  }

  arrivalsOf(fills: readonly StoredFill[], course: BotCourse): Promise<(string | undefined)[]> {
    return this.#arrivals.of(fills, course);
  }

  unlike(ledgers: Iterable<readonly [string, Ledger]>): Ledger | undefined {
    return this.course.unlike(ledgers);
  }
}
