import { type Micros, micros, parseTime } from "../../base/time.ts";
import type { VenueRecord } from "./record.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Makes records of the lines of one file that somebody else's recorder wrote; a line that says nothing gives none. */
export interface ForeignReader {
  readonly venue: string;
  readonly read: (line: string) => VenueRecord[];
}

/** The reader for a file that begins with `line`; undefined when nobody here knows it. */
export function foreignReader(line: string): ForeignReader | undefined {
  if (STAMPED.test(line)) return stampedStreams();
  const fields = fieldsOf(line);
  if (fields === undefined) return undefined;
  if ("payload_json" in fields && "local_recv_ns" in fields) return kalshiEnvelopes();
  return "recv_ts_ns" in fields && "raw" in fields ? kalshiFrames() : undefined;
}

/** Receive time in ns, a space, a frame: what hftbacktest collects of Binance. */
const STAMPED = /^(\d{10,16})\d{3} (\{.*)$/;
const COMBINED = '{"stream":';
const SYMBOL = /"s":"([A-Z0-9_]+)"/;

function stampedStreams(): ForeignReader {
  const venue = "binance";
  let symbol: string | undefined;
  const read = (line: string): VenueRecord[] => {
    const [, time, text] = STAMPED.exec(line) ?? [];
    if (time === undefined || text === undefined) return [];
    const at = micros(Number(time));
    if (!text.startsWith(COMBINED)) {
      // Its answers to requests for a book stand among the frames.
      const request = symbol === undefined ? "/fapi/v1/depth" : `/fapi/v1/depth?symbol=${symbol}`;
      return text.startsWith('{"lastUpdateId"') ? [{ at, kind: "answer", venue, request, status: 200, text }] : [];
    }
    const connection = `${venue}-1`;
    // The recorder named its streams in the address, so nothing answers the subscription of a connector.
    const reply: VenueRecord = { at, kind: "frame", connection, text: '{"result":null,"id":1}' };
    const opening: VenueRecord[] = symbol === undefined ? [opened(at, venue, 1), reply] : [];
    symbol ??= SYMBOL.exec(text)?.[1] ?? "";
    return [...opening, { at, kind: "frame", connection, text }];
  };
  return { venue, read };
}

/** Raw frames of Kalshi with their receive time, one JSON object a line. */
function kalshiFrames(): ForeignReader {
  const venue = "kalshi";
  let isFirst = true;
  const read = (line: string): VenueRecord[] => {
    const fields = fieldsOf(line);
    const at = parseTime(fields?.["recv_ts_ns"]);
    const text = fields?.["raw"];
    if (at === undefined || typeof text !== "string") return [];
    const opening: VenueRecord[] = isFirst ? [opened(at, venue, 1)] : [];
    isFirst = false;
    return [...opening, { at, kind: "frame", connection: `${venue}-1`, text: text.trim() }];
  };
  return { venue, read };
}

/** Messages of Kalshi taken out of their frames: type, subscription and number stand beside them, and are put back. */
function kalshiEnvelopes(): ForeignReader {
  const venue = "kalshi";
  let connections = 0;
  let sids = new Map<string, number>();
  const read = (line: string): VenueRecord[] => {
    const fields = fieldsOf(line);
    const at = parseTime(fields?.["local_recv_ns"]);
    if (fields === undefined || at === undefined) return [];
    const { event_type: type, payload_json: msg, sequence_number: seq, channel } = fields;
    if (type === "ws_connected") {
      sids = new Map();
      const ended: VenueRecord[] =
        connections === 0
          ? []
          : [{ at, kind: "ended", connection: `${venue}-${connections}`, reason: "connected anew" }];
      return [...ended, opened(at, venue, ++connections)];
    }
    const connection = `${venue}-${connections}`;
    const frame = (text: unknown): VenueRecord[] => [{ at, kind: "frame", connection, text: JSON.stringify(text) }];
    if (type === "ws_subscribed") return frame(msg);
    if (channel === "control" || typeof type !== "string" || typeof channel !== "string") return [];
    const sid = sidOf(sids, channel);
    return frame({ type, sid, ...(typeof seq === "number" ? { seq } : {}), msg });
  };
  return { venue, read };
}

/** The recorder subscribed to the ticker first and to the book second, on each connection. */
function sidOf(sids: Map<string, number>, channel: string): number {
  const sid = sids.get(channel) ?? (channel === "ticker" ? 1 : 2);
  sids.set(channel, sid);
  return sid;
}

const opened = (at: Micros, venue: string, number: number): VenueRecord => ({
  at,
  kind: "opened",
  connection: `${venue}-${number}`,
  venue,
  target: "",
});

function fieldsOf(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
