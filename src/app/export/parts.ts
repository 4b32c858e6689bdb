import type { QueryFields } from "../commands/hub-answer.ts";
import type { ExportFilters } from "./manifest.ts";

/** One file of an export and the read that fills it. */
export interface ExportPart {
  readonly file: string;
  /** For the README of the export. */
  readonly about: string;
  readonly path: string;
  readonly kind: "ndjson" | "csv";
  readonly query: (filters: ExportFilters, asOfSeq: number) => QueryFields;
  /** Where the rows stand in a body of JSON; absent where the read streams the file's own format. */
  readonly rows?: string;
  /** The row's time, where the read itself knows no filter by time. */
  readonly rowTime?: string;
}

const all = ({ from, to, bot, mode }: ExportFilters): QueryFields => ({ from, to, bot, mode });

/** The log itself: every other file can be made of it again. */
export const EVENTS: ExportPart = {
  file: "events.ndjson",
  about: "every fact, oldest first, one JSON object a line: what everything else is made of",
  path: "/api/v1/events",
  kind: "ndjson",
  query: (filters) => ({ ...all(filters), format: "ndjson" }),
};

/** The other files. A cursor cuts them at the moment of the export where a row has the `seq` of its first statement. */
export const PARTS: readonly ExportPart[] = [
  {
    file: "fills.csv",
    about: "fills with merges and voids applied, newest first",
    path: "/api/v1/fills",
    kind: "csv",
    query: (filters, asOfSeq) => ({ ...all(filters), format: "csv", cursor: asOfSeq + 1 }),
  },
  {
    file: "orders.csv",
    about: "orders with how far they were filled and how they ended, newest first",
    path: "/api/v1/orders",
    kind: "csv",
    query: (filters, asOfSeq) => ({ ...all(filters), format: "csv", cursor: asOfSeq + 1 }),
  },
  {
    file: "opportunities.csv",
    about: "opportunities with what became of them and why, newest first",
    path: "/api/v1/opportunities",
    kind: "csv",
    query: (filters) => ({ ...all(filters), format: "csv" }),
  },
  {
    file: "positions.csv",
    about: "what was held at the moment of the export, whatever times were asked for",
    path: "/api/v1/positions",
    kind: "csv",
    query: ({ bot, mode }) => ({ bot, mode, format: "csv" }),
  },
  {
    file: "sessions.csv",
    about: "each run of each bot, from its start to its end",
    path: "/api/v1/sessions",
    kind: "csv",
    query: (filters) => ({ ...all(filters), format: "csv" }),
  },
  {
    file: "rejected.ndjson",
    about: "the last 1,000 inputs that were refused, and why, newest first; of every mode, as a refused input has none",
    path: "/api/v1/rejected",
    kind: "ndjson",
    query: () => ({ limit: 1_000 }),
    rows: "rejected",
    rowTime: "at",
  },
  {
    file: "imports.ndjson",
    about: "reports of the last 200 imports, newest first; of every bot and mode",
    path: "/api/v1/imports",
    kind: "ndjson",
    query: () => ({}),
    rows: "imports",
    rowTime: "received_at",
  },
];
