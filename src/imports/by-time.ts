import type { ImportItem } from "./format.ts";

/** What one row became, and where it stands among the rows of other tables. */
export interface TimedItems {
  /** In any unit, the same for all that are merged. */
  readonly at: number;
  readonly items: readonly ImportItem[];
}

/** The items of several tables, each in order of time, as one course; what is at the same time in the order of the tables. */
export function* byTime(tables: readonly Iterable<TimedItems>[]): Generator<ImportItem, void> {
  const courses = tables.map((table) => table[Symbol.iterator]());
  const heads = courses.map((course) => course.next());
  for (;;) {
    let earliest = -1;
    let at = Number.POSITIVE_INFINITY;
    heads.forEach((head, index) => {
      if (head.done === true || (earliest >= 0 && head.value.at >= at)) return;
      earliest = index;
      at = head.value.at;
    });
    const [head, course] = [heads[earliest], courses[earliest]];
    if (head === undefined || course === undefined || head.done === true) return;
    yield* head.value.items;
    heads[earliest] = course.next();
  }
}
