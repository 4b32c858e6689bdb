import type { Answer } from "./outcome.ts";

/** An answer that came whole, and whether the connection may be used again. */
export interface ReadAnswer {
  readonly answer: Answer;
  readonly reusable: boolean;
}

const HEAD_BYTES_MAX = 64 * 1024;
const CRLF = "\r\n";
const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * The HTTP/1.1 answer in the bytes received so far; undefined while it is not whole. `closed` says that no more will
 * come, which ends an answer without a length. Throws on what is no such answer.
 */
export function readAnswer(bytes: Buffer, closed: boolean): ReadAnswer | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) {
    if (bytes.length > HEAD_BYTES_MAX) throw new Error("the answer's headers are too large");
    return undefined;
  }
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split(CRLF);
  const match = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(statusLine);
  if (match === null) throw new Error("the answer is not HTTP/1.1");
  const status = Number(match[2]);
  const rest = bytes.subarray(headEnd + HEAD_END.length);
  // An interim answer, such as 100 or 103: the real one follows.
  if (status < 200) return readAnswer(rest, closed);
  const headers = headersOf(lines);
  const body = status === 204 || status === 304 ? wholeBody("", true, rest) : readBody(headers, rest, closed);
  if (body === undefined) return undefined;
  const reusable =
    body.sized && body.rest === 0 && match[1] === "1" && !/\bclose\b/i.test(headers.get("connection") ?? "");
  return { answer: { status, retryAfter: headers.get("retry-after"), body: body.text }, reusable };
}

function headersOf(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) throw new Error("the answer has a broken header");
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

interface Body {
  readonly text: string;
  /** Whether its end was said, rather than told by the end of the connection. */
  readonly sized: boolean;
  /** Bytes behind it, which nobody asked for. */
  readonly rest: number;
}

const wholeBody = (text: string, sized: boolean, rest: Buffer): Body => ({ text, sized, rest: rest.length });

function readBody(headers: ReadonlyMap<string, string>, bytes: Buffer, closed: boolean): Body | undefined {
  if (/\bchunked\s*$/i.test(headers.get("transfer-encoding") ?? "")) return readChunks(bytes);
  const said = headers.get("content-length");
  if (said === undefined) return closed ? wholeBody(bytes.toString("utf8"), false, Buffer.alloc(0)) : undefined;
  if (!/^\d{1,9}$/.test(said)) throw new Error("the answer has a broken length");
  const length = Number(said);
  if (bytes.length < length) return undefined;
  return wholeBody(bytes.toString("utf8", 0, length), true, bytes.subarray(length));
}

function readChunks(bytes: Buffer): Body | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  while (true) {
    const lineEnd = bytes.indexOf(CRLF, at);
    if (lineEnd < 0) return undefined;
    const match = /^([0-9a-f]{1,8})\s*(?:;.*)?$/i.exec(bytes.toString("latin1", at, lineEnd));
    if (match === null) throw new Error("the answer has a broken chunk");
    const start = lineEnd + CRLF.length;
    const size = Number.parseInt(match[1] ?? "", 16);
    if (size === 0) return endOfChunks(parts, bytes, start);
    at = start + size + CRLF.length;
    if (bytes.length < at) return undefined;
    parts.push(bytes.subarray(start, start + size));
  }
}

/** After the last chunk come trailers, if any, and an empty line. */
function endOfChunks(parts: readonly Buffer[], bytes: Buffer, trailers: number): Body | undefined {
  const text = Buffer.concat(parts).toString("utf8");
  if (bytes.toString("latin1", trailers, trailers + 2) === CRLF)
    return wholeBody(text, true, bytes.subarray(trailers + 2));
  const end = bytes.indexOf(HEAD_END, trailers);
  return end < 0 ? undefined : wholeBody(text, true, bytes.subarray(end + HEAD_END.length));
}
