import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Audit } from "../../hub/audit.ts";
import type { AsOf } from "../../hub/query.ts";
import { auditAnswer, auditKind } from "../../protocol/api-people.ts";
import { csvTable } from "../csv.ts";
import { timeParam } from "../read-route.ts";
import { bySeq } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";

const COLUMNS = [
  "n",
  "at",
  "action",
  "outcome",
  "who",
  "who_kind",
  "who_id",
  "via",
  "address",
  "target",
  "detail",
  "reason",
  "seq",
];

/** `GET /api/v1/audit`: what people and keys did, newest first. */
export function registerAuditReads(app: FastifyInstance, audit: Pick<Audit, "page">, asOf: () => AsOf): void {
  addRows(app, {
    url: "/api/v1/audit",
    summary: "What people and keys did, newest first",
    description: "Sign-ins and failed ones, sessions, second factors, people, keys, commands, demo desks, imports.",
    name: "audit",
    access: "operator",
    filters: z.object({
      kind: auditKind.optional(),
      who: z.string().min(1).max(512).optional().describe("the name of a person or key"),
      outcome: z.enum(["done", "refused"]).optional(),
      from: timeParam("from here on"),
      to: timeParam("before this"),
    }),
    limitUsual: 100,
    answer: auditAnswer,
    csv: csvTable(COLUMNS),
    rows: (filter) =>
      bySeq({
        asOf: asOf(),
        page: (limit, cursor) => audit.page({ ...filter, ...(cursor === undefined ? {} : { beforeN: cursor }), limit }),
      }),
  });
}
