import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { rejectedAnswer, rejectedRow } from "../../protocol/api.ts";
import { type DeskAnswer, deskAnswer, importsAnswer, importView } from "../../protocol/api-sessions.ts";
import { csvTable } from "../csv.ts";
import { addRead, jsonAnswer } from "../read-route.ts";
import { listingOf } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";

/** How the demo desk stands; undefined where this is none. */
export type DemoState = () => DeskAnswer["demo"];

const IMPORTS_KEPT = 200;

/** What the hub tells of itself, and not of a moment of the log: a replay has none of these. */
export function registerHubReads(app: FastifyInstance, query: Query, demo: DemoState): void {
  addRead(app, {
    url: "/api/v1/desk",
    summary: "Which desk this is",
    tag: "reads",
    access: "read",
    query: z.strictObject({}),
    answer: jsonAnswer(deskAnswer),
    handler: () => {
      const state = demo();
      return { ...query.desk(), ...(state === undefined ? {} : { demo: state }) };
    },
  });
  addRows(app, {
    url: "/api/v1/imports",
    summary: "Reports of imports and of followed files, newest first",
    description: `The last ${IMPORTS_KEPT}; a followed directory replaces its own report.`,
    name: "imports",
    filters: z.object({}),
    limitUsual: 50,
    answer: importsAnswer,
    csv: csvTable(Object.keys(importView.shape)),
    rows: async () => {
      const { imports, ...asOf } = await query.imports(IMPORTS_KEPT);
      return listingOf(asOf, imports);
    },
  });
}

const REJECTED_SHOWN = 1_000;

/** `GET /api/v1/rejected`. */
export function registerRejectedReads(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/rejected",
    summary: "What was refused and why, newest first",
    description: `The last ${REJECTED_SHOWN}, and how many there were of each kind.`,
    name: "rejected",
    filters: z.object({}),
    limitUsual: 100,
    answer: rejectedAnswer,
    csv: csvTable(Object.keys(rejectedRow.shape)),
    rows: async () => {
      const { rejected, counts, ...asOf } = await query.rejected(REJECTED_SHOWN);
      return { ...listingOf(asOf, rejected), extra: { counts } };
    },
  });
}
