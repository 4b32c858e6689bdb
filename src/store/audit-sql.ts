import type { AuditFilter, AuditRow } from "../hub/audit-port.ts";
import type { EventPage } from "../hub/ports.ts";
import { AUDIT_KEPT } from "./bounds.ts";
import { Parameters, type SqlParameter, whereAll } from "./filters.ts";
import type { Row } from "./row-mapping.ts";

/** One statement, for either dialect. */
export interface AuditStatement {
  readonly sql: string;
  readonly values: readonly (SqlParameter | null)[];
}

const PAGE_ROWS_MAX = 10_000;

/** How a dialect writes the parameter with a number, from 1. */
type Placeholder = (number: number) => string;

export function addAudit({ at, kind, who, outcome, seq, body }: AuditRow, placeholder: Placeholder): AuditStatement {
  const values = [at, kind, who, outcome, seq ?? null, body];
  const given = values.map((_, index) => placeholder(index + 1)).join(", ");
  return {
    sql: `INSERT INTO audit (at, kind, who, outcome, seq, body) VALUES (${given}) ON CONFLICT (seq) DO NOTHING`,
    values,
  };
}

export const AUDIT_LAST_SEQ = "SELECT coalesce(max(seq), 0) AS seq FROM audit";

/** Old rows, and those beyond the bounds: refused acts have one of their own, so that guessing pushes out nothing else. */
export function forgetAudit(before: number, placeholder: Placeholder): readonly AuditStatement[] {
  const beyond = (["done", "refused"] as const).map((outcome) => ({
    sql: `DELETE FROM audit WHERE outcome = '${outcome}' AND n <=
            (SELECT n FROM audit WHERE outcome = '${outcome}' ORDER BY n DESC LIMIT 1 OFFSET ${AUDIT_KEPT[outcome]})`,
    values: [],
  }));
  return [{ sql: `DELETE FROM audit WHERE at < ${placeholder(1)}`, values: [before] }, ...beyond];
}

export function selectAudit(filter: AuditFilter, placeholder: Placeholder): AuditStatement {
  const parameters = new Parameters(placeholder);
  const conditions: string[] = [];
  const compare = (column: string, operator: string, value: SqlParameter | undefined): void => {
    if (value !== undefined) conditions.push(`${column} ${operator} ${parameters.bind(value)}`);
  };
  compare("kind", "=", filter.kind);
  compare("who", "=", filter.who);
  compare("outcome", "=", filter.outcome);
  compare("at", ">=", filter.from);
  compare("at", "<", filter.to);
  compare("n", "<", filter.beforeN);
  const sql = `SELECT n, body FROM audit ${whereAll(conditions)} ORDER BY n DESC LIMIT ${limitOf(filter) + 1}`;
  return { sql, values: parameters.values };
}

/** The page of the rows that `selectAudit` found: the one beyond the limit only tells that there are more. */
export function auditPage(filter: AuditFilter, rows: readonly Row[]): EventPage {
  const limit = limitOf(filter);
  const shown = rows.slice(0, limit);
  const complete = rows.length <= limit;
  const last = shown.at(-1);
  return {
    events: shown.map(({ n, body }) => `{"n":${Number(n)},${String(body).slice(1)}`),
    lastSeq: complete || last === undefined ? undefined : Number(last["n"]),
    complete,
  };
}

const limitOf = ({ limit }: AuditFilter): number => Math.min(Math.max(limit, 1), PAGE_ROWS_MAX);
