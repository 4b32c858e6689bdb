/** The part of the standard `fetch` that reading needs. */
export type ReaderFetch = (
  url: string,
  init: { headers: Record<string, string> },
) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** Why a read failed: the hub's status and code, or status 0 and `unreachable`. */
export class ReaderError extends Error {
  override readonly name = "ReaderError";
  readonly status: number;
  /** One of the hub's error codes, `unreachable`, or `not_a_hub`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Whether the same read may work later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export type QueryValues = Readonly<Record<string, string | number | undefined>>;

/** What every read carries. */
interface AsOf {
  readonly as_of: string;
  readonly as_of_seq: number;
}

/** Reads one path. */
export type Get = <T extends AsOf>(path: string, query?: QueryValues) => Promise<T>;

/** The hub's address without a trailing slash. Throws when it is none. */
export function baseOf(url: string): string {
  const { protocol, origin, pathname } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") throw new TypeError("the hub's url must be http or https");
  return `${origin}${pathname.replace(/\/+$/, "")}`;
}

export function createGet(options: { url: string; key?: string | undefined; fetch?: ReaderFetch | undefined }): Get {
  const base = baseOf(options.url);
  // Looked up at each call and called on its owner: a page may replace it, and a browser's refuses to be called alone.
  const fetch: ReaderFetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const headers = {
    accept: "application/json",
    ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
  };

  return async <T extends AsOf>(path: string, query: QueryValues = {}): Promise<T> => {
    const { status, text } = await answered(fetch, `${base}${path}${queryText(query)}`, headers);
    const body = parsed(text);
    if (status < 200 || status > 299) throw problemOf(status, body);
    if (!isAnswer<T>(body)) throw new ReaderError(status, "not_a_hub", "the answer is not that of a Deskwatch hub");
    return body;
  };
}

async function answered(fetch: ReaderFetch, url: string, headers: Record<string, string>) {
  try {
    const response = await fetch(url, { headers });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new ReaderError(0, "unreachable", `the hub cannot be reached: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}

function queryText(query: QueryValues): string {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) values.set(name, String(value));
  const text = values.toString();
  return text === "" ? "" : `?${text}`;
}

function problemOf(status: number, body: unknown): ReaderError {
  const code = isRecord(body) && typeof body["code"] === "string" ? body["code"] : "internal";
  const detail = isRecord(body) && typeof body["detail"] === "string" ? body["detail"] : `the hub answered ${status}`;
  return new ReaderError(status, code, detail);
}

/** The hub checks its bodies against the schemas that the types were made from; here only that it is the hub's. */
const isAnswer = <T extends AsOf>(body: unknown): body is T => isRecord(body) && typeof body["as_of_seq"] === "number";

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value of a JSON text; undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what an answer that is no JSON means.
    return undefined;
  }
}
