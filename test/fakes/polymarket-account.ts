import { createHmac } from "node:crypto";
import type { VenueAnswer, VenueRequest } from "./venue-server.ts";

const jsonAnswer = (value: unknown, status = 200) => ({ status, text: JSON.stringify(value) });

const PAGE = 2;
const LAST = "LTE=";

/** The account that a fake Polymarket knows: it checks keys and signatures, and has lists of trades and positions. */
export class FakeAccount {
  readonly address = `0x${"1b".repeat(20)}`;
  readonly apiKey = "11111111-2222-3333-4444-555555555555";
  /** Base64url, with both characters that plain base64 does not have. */
  readonly secret = "-_canary-secret-0123456789abcdefghijklmnop==";
  readonly passphrase = "canary-passphrase-of-a-test";
  /** Rows of `/data/trades` as they are written, newest first. */
  readonly trades: string[] = [];
  /** Rows of `/positions` of `wallet`. */
  readonly positions: unknown[] = [];
  /** The wallet that holds what is traded: the key's own, or a proxy. */
  wallet = this.address;
  /** Positions in one page, whatever is asked for. */
  positionsPage = 500;
  /** Positions told last go away before the next page is. */
  positionsMove = false;
  /** Lists of orders end without saying so. */
  endsSilently = false;
  /** Answers say that they come from a cache, and are so old. */
  ageS = 0;
  /** Rows of `/data/orders`: what rests. */
  readonly orders: string[] = [];
  /** Requests with a wrong signature. */
  forged = 0;

  accepts(auth: Readonly<Record<string, string>> | undefined): boolean {
    return (["apiKey", "secret", "passphrase"] as const).every((name) => auth?.[name] === this[name]);
  }

  /** The answer to a request for lists of this account; undefined for any other. */
  answer(request: VenueRequest): VenueAnswer | undefined {
    const { path, query } = request;
    if (path === "/positions") return this.#aged(jsonAnswer(this.#positionsPage(query)));
    if (path !== "/data/trades" && path !== "/data/orders") return undefined;
    const list = path === "/data/trades" ? this.trades : this.orders;
    if (this.#isSigned(request)) return this.#aged(this.#page(list, query.get("next_cursor")));
    this.forged++;
    return jsonAnswer({ error: "Unauthorized/Invalid api key" }, 401);
  }

  /** The venue leaves out what is smaller than `sizeThreshold`, which is 1 unless it is said. */
  #positionsPage(query: URLSearchParams): unknown[] {
    if (query.get("user") !== this.wallet) return [];
    const [least, from] = [Number(query.get("sizeThreshold") ?? 1), Number(query.get("offset") ?? 0)];
    const size = Math.min(this.positionsPage, Number(query.get("limit") ?? 100));
    const page = this.positions.filter((row) => !(sizeOf(row) < least)).slice(from, from + size);
    const [first] = this.positions;
    if (this.positionsMove) this.positions.unshift({ ...Object(first), asset: `new ${from}` });
    return page;
  }

  #aged(answer: Exclude<VenueAnswer, "hang">): VenueAnswer {
    return this.ageS === 0 ? answer : { ...answer, headers: { age: String(this.ageS) } };
  }

  #isSigned({ method, path, headers }: VenueRequest): boolean {
    const timestamp = String(headers["poly_timestamp"]);
    const key = Buffer.from(this.secret, "base64url");
    const signature = createHmac("sha256", key).update(`${timestamp}${method}${path}`).digest("base64");
    return (
      headers["poly_address"] === this.address &&
      headers["poly_api_key"] === this.apiKey &&
      headers["poly_passphrase"] === this.passphrase &&
      headers["poly_signature"] === signature.replaceAll("+", "-").replaceAll("/", "_")
    );
  }

  /** Some rows at a time. A row is text: its ids may have more digits than a double. */
  #page(list: readonly string[], cursor: string | null): Exclude<VenueAnswer, "hang"> {
    const from = cursor === null ? 0 : Number(Buffer.from(cursor, "base64").toString());
    const rows = list.slice(from, from + PAGE);
    const next = from + PAGE < list.length ? Buffer.from(String(from + PAGE)).toString("base64") : LAST;
    const end = this.endsSilently ? "" : `"next_cursor":"${next}",`;
    return { status: 200, text: `{"limit":${PAGE},${end}"data":[${rows.join(",")}]}` };
  }
}

const sizeOf = (row: unknown): number =>
  typeof row === "object" && row !== null && "size" in row ? Number(row.size) : Number.NaN;
