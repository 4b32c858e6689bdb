import type { FastifyInstance } from "fastify";
import type { Clock } from "../../base/time.ts";
import type { Hub } from "../../hub/hub.ts";
import { importReportBody, importView } from "../../protocol/api-sessions.ts";
import { documented } from "../access/documented.ts";
import { RateLimiter } from "../access/rate-limit.ts";
import { parseBody } from "../access/request-body.ts";
import { ProblemError } from "../problem.ts";

const REPORT_BYTES_MAX = 256 * 1024;
/** A followed directory renews its report every few seconds; a flood of reports would crowd out all others. */
const REPORTS = { burst: 30, perSecond: 5 } as const;

const DOCUMENT = documented({
  summary: "Hand in the report of an import",
  description:
    "What `deskwatch import` and `deskwatch follow` say when they are done, and now and then meanwhile. A report of the " +
    "same `import_id` takes the place of the one before. It is kept when this is answered.",
  body: importReportBody,
  answers: { 201: importView },
});

/** `POST /api/v1/imports`. */
export function registerImportReports(app: FastifyInstance, hub: Pick<Hub, "keepImport">, clock: Clock): void {
  const limiter = new RateLimiter({ ...REPORTS, clock });
  app.post(
    "/api/v1/imports",
    {
      config: { access: "ingest" },
      bodyLimit: REPORT_BYTES_MAX,
      ...DOCUMENT,
      schema: { ...DOCUMENT.schema, tags: ["ingest"] },
    },
    async (request, reply) => {
      const retryAfterS = limiter.take("reports");
      if (retryAfterS !== undefined)
        throw new ProblemError("rate_limited", { detail: "Too many reports of imports at once.", retryAfterS });
      const kept = await hub.keepImport(parseBody(importReportBody, request.body));
      return reply.code(201).header("cache-control", "no-store").send(kept);
    },
  );
}
