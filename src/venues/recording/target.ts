import { crc32 } from "node:zlib";
import type { HttpRequest } from "../core/ports.ts";

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

/** What is asked by `POST` although it is market data: a list of books. */
const POSTED = /\/books$/;

/** What names a request in a recording; undefined when its answer may be a session, and is not recorded. */
export function requestOf({ method, url, body }: HttpRequest): string | undefined {
  const target = targetOf(url);
  if (method === "GET") return target;
  if (method !== "POST" || !POSTED.test(target)) return undefined;
  return `${target}?body=${crc32(body ?? "").toString(16)}`;
}

/** Path and telling parameters of an address, without host and without anything that may be a secret. */
export function targetOf(url: string): string {
  if (!URL.canParse(url)) return "";
  const { pathname, searchParams } = new URL(url);
  const path = pathname
    .split("/")
    .map((part) => (part.length >= SECRET_LENGTH && !part.startsWith("0x") ? "*" : part))
    .join("/");
  const told = [...searchParams].filter(([name]) => TOLD.has(name)).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return told.length === 0 ? path : `${path}?${new URLSearchParams(told).toString()}`;
}

/** Whether a recorded request is the one asked: same path, and no parameter that differs. An empty one is any. */
export function isSameRequest(recorded: string, asked: string): boolean {
  if (recorded === "" || recorded === asked) return true;
  const [one, other] = [new URL(recorded, "http://recorded"), new URL(asked, "http://asked")];
  if (one.pathname !== other.pathname) return false;
  return [...one.searchParams].every(([name, value]) => [null, value].includes(other.searchParams.get(name)));
}
