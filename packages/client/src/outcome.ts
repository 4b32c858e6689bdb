/** What became of a batch. `why` never holds a key. */
export type Outcome =
  /** Taken in; `refused` events of it were not, `why` says why the first. */
  | { readonly kind: "taken"; readonly refused: number; readonly why?: string }
  /** The hub is away or full: the same batch again later, at the earliest after `afterMs`. */
  | { readonly kind: "retry"; readonly why: string; readonly afterMs?: number }
  /** The hub does not know us, or no hub is there: again, but slowly, until somebody mends it. */
  | { readonly kind: "slow"; readonly why: string }
  /** Too many bytes at once. */
  | { readonly kind: "too_large"; readonly why: string }
  /** It will never pass. */
  | { readonly kind: "refused"; readonly why: string };

/** An answer of the hub as any transport sees it. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

const SLOW = new Set([401, 403, 404, 405, 407, 421]);
const RETRY = new Set([408, 425, 429]);
const WHY_MAX = 300;

/** Reads what an answer means for its batch. `now` is for a `Retry-After` that is a date, in ms. */
export function outcomeOf(answer: Answer, now: number): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return taken(answer);
  const why = `${status} ${problemText(answer.body)}`.trim().slice(0, WHY_MAX);
  if (status === 413) return { kind: "too_large", why };
  if (RETRY.has(status) || status >= 500) {
    const afterMs = retryAfterMs(answer.retryAfter, now);
    return afterMs === undefined ? { kind: "retry", why } : { kind: "retry", why, afterMs };
  }
  return SLOW.has(status) || status < 400 ? { kind: "slow", why } : { kind: "refused", why };
}

function taken(answer: Answer): Outcome {
  const body = parsed(answer.body);
  if (body === undefined || typeof body["accepted"] !== "number") {
    return { kind: "slow", why: `${answer.status} from something that is not a Deskwatch hub` };
  }
  const rejected: readonly unknown[] = Array.isArray(body["rejected"]) ? body["rejected"] : [];
  if (rejected.length === 0) return { kind: "taken", refused: 0 };
  return { kind: "taken", refused: rejected.length, why: rejectionText(rejected[0]) };
}

function rejectionText(rejection: unknown): string {
  if (!isRecord(rejection)) return "refused";
  return ["code", "path", "message"]
    .map((name) => rejection[name])
    .filter((part) => typeof part === "string" && part !== "")
    .join(" ")
    .slice(0, WHY_MAX);
}

function problemText(text: string): string {
  const problem = parsed(text);
  if (problem === undefined) return "";
  return [problem["code"], problem["detail"]].filter((part) => typeof part === "string").join(": ");
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // Not JSON: the caller says that this is no answer of a hub.
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const RETRY_AFTER_MAX_MS = 60_000;

function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_MAX_MS, Math.max(0, ms));
}
