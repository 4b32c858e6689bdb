import { expect, test } from "vitest";
import { micros } from "../base/time.ts";
import type { ByTimeFilter } from "../hub/ports.ts";
import { fillsListing, listingOf, newestFirst } from "./row-listings.ts";

const asOf = { as_of: "2026-03-01T12:00:00.000Z", as_of_seq: 9 };
const rows = (...seqs: number[]) => seqs.map((seq) => ({ seq }));
const newest = (...seqs: number[]) => newestFirst(asOf, rows(...seqs), ({ seq }) => seq);

test("a page of the newest goes on where it ended when rows came meanwhile", async () => {
  expect(await newest(7, 5, 3).page(2)).toEqual({ events: ['{"seq":7}', '{"seq":5}'], next: "5" });
  expect(await newest(9, 8, 7, 5, 3, 1).page(2, "5")).toEqual({ events: ['{"seq":3}', '{"seq":1}'], next: undefined });
  expect(await newest(9, 8).page(2)).toMatchObject({ next: undefined });
});

test("a page of few rows goes on after as many as were shown", async () => {
  expect(await listingOf(asOf, rows(1, 2, 3)).page(2)).toEqual({ events: ['{"seq":1}', '{"seq":2}'], next: "2" });
  expect(await listingOf(asOf, rows(1, 2, 3)).page(2, "2")).toEqual({ events: ['{"seq":3}'], next: undefined });
});

test("pages of fills by time stay with what was said when the first was asked for", async () => {
  const asked: ByTimeFilter[] = [];
  const last = { at: micros(-5), seq: 4 };
  const query = {
    asOf: () => asOf,
    fillsByTime: async (filter: ByTimeFilter) => {
      asked.push(filter);
      return { events: ["{}"], last, ...asOf };
    },
  };
  const first = await fillsListing(query, { bot: "b" }).page(1);
  expect(first.next).toBe("10.-5.4");
  const later = fillsListing({ ...query, asOf: () => ({ ...asOf, as_of_seq: 20 }) }, { bot: "b" });
  expect((await later.page(1, first.next)).next).toBe("10.-5.4");
  await later.page(1, "7");
  await later.page(1, "99");
  expect(asked).toEqual([
    { bot: "b", beforeSeq: 10, limit: 1 },
    { bot: "b", beforeSeq: 10, after: last, limit: 1 },
    { bot: "b", beforeSeq: 7, limit: 1 },
    { bot: "b", beforeSeq: 21, limit: 1 },
  ]);
});
