import type { FastifyInstance } from "fastify";
import type { Clock } from "../../base/time.ts";
import type { Hub } from "../../hub/hub.ts";
import { type ImportReportBody, importReportBody, importView } from "../../protocol/api-sessions.ts";
import { actorOf } from "../access/actor.ts";
import { documented } from "../access/documented.ts";
import type { Note } from "../access/noting.ts";
import { RateLimiter } from "../access/rate-limit.ts";
import { parseBody } from "../access/request-body.ts";
import { ProblemError } from "../problem.ts";

const REPORT_BYTES_MAX = 256 * 1024;
/** A followed directory renews its report every few seconds; a flood of reports would crowd out all others. */
const REPORTS = { burst: 30, perSecond: 5 } as const;

const NOTED = { burst: 30, perSecond: 1 / 60 } as const;

const DOCUMENT = documented({
  summary: "Hand in the report of an import",
  description:
    "What `deskwatch import` and `deskwatch follow` say when they are done, and now and then meanwhile. A report of the " +
    "same `import_id` takes the place of the one before. It is kept when this is answered.",
  body: importReportBody,
  answers: { 201: importView },
});

export interface ImportReportsOptions {
  readonly hub: Pick<Hub, "keepImport">;
  readonly clock: Clock;
  readonly note: Note;
}

/** `POST /api/v1/imports`. */
export function registerImportReports(app: FastifyInstance, { hub, clock, note }: ImportReportsOptions): void {
  const followed = new RecentIds();
  const noted = new RateLimiter({ ...NOTED, clock });
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
      const report = parseBody(importReportBody, request.body);
      const kept = await hub.keepImport(report);
      const isNew = report.via === "import" || !followed.has(report.import_id);
      if (report.via === "follow") followed.add(report.import_id);
      // Who may send events must not push everything else out of the audit.
      if (isNew && noted.take("imports") === undefined)
        await note({ by: actorOf(request), action: "import.reported", target: report.import_id, detail: said(report) });
      return reply.code(201).header("cache-control", "no-store").send(kept);
    },
  );
}

function said({ via, files, accepted, refused }: ImportReportBody): string {
  return `${via}, ${files.length} files, ${accepted} events taken, ${refused} refused`;
}

const RECENT_MAX = 1_000;

/** Ids seen lately; the longest known is forgotten first. */
class RecentIds {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > RECENT_MAX && oldest !== undefined) this.#ids.delete(oldest);
  }
}
