/** A part of a path that may be a key (Binance's listen keys stand in paths). */
const SECRET_LENGTH = 40;
/** Parameters that say what is asked for. Others may be signatures, times or keys. */
const TOLD = new Set([
  "streams",
  "symbol",
  "limit",
  "depth",
  "tickers",
  "token_id",
  "condition_ids",
  "clob_token_ids",
  "slug",
  "event_ticker",
  "series_ticker",
  "status",
  "cursor",
]);

/** Path and telling parameters of an address, without host and without anything that may be a secret. */
export function requestOf(url: string): string {
  if (!URL.canParse(url)) return "";
  const { pathname, searchParams } = new URL(url);
  const path = pathname
    .split("/")
    .map((part) => (part.length >= SECRET_LENGTH && !part.startsWith("0x") ? "*" : part))
    .join("/");
  const told = [...searchParams].filter(([name]) => TOLD.has(name)).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return told.length === 0 ? path : `${path}?${new URLSearchParams(told).toString()}`;
}

/** The same of a socket's address. */
export const targetOf = requestOf;

/** Whether a recorded request is the one asked: same path, and no parameter that differs. An empty one is any. */
export function isSameRequest(recorded: string, asked: string): boolean {
  if (recorded === "" || recorded === asked) return true;
  const [one, other] = [new URL(recorded, "http://recorded"), new URL(asked, "http://asked")];
  if (one.pathname !== other.pathname) return false;
  return [...one.searchParams].every(([name, value]) => [null, value].includes(other.searchParams.get(name)));
}
