import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Micros } from "../../base/time.ts";
import { encodeChunk } from "./chunk.ts";
import { lockRecording } from "./lock.ts";
import { RECORDING_VERSION, recordLine, type RecordedConnection, type VenueRecord } from "./record.ts";
import { readIndex, writeIndex } from "./recording-index.ts";
import { SegmentFile } from "./segment-file.ts";
import type { SegmentSummary } from "./segments.ts";

/** How big a recording may grow, and how it is cut. */
export interface RecordingLimits {
  /** Of everything in the directory, compressed. */
  readonly maxBytes: number;
  /** A segment ends at this size, compressed, */
  readonly segmentBytes: number;
  /** or after so long. */
  readonly segmentMs: number;
  /** When `maxBytes` are reached: the oldest segments go, or the recorder stops. */
  readonly whenFull: "drop-oldest" | "stop";
}

export interface RecorderOptions {
  readonly directory: string;
  /** Unlike that of any other run. */
  readonly runId: string;
  readonly limits: RecordingLimits;
  /** Told once, when it writes no more: the disk is full, it may not grow further, the directory is gone. */
  readonly onStopped: (reason: string) => void;
}

/** What a recorder has done. */
export interface RecorderCounts {
  records: number;
  /** Records that came faster than the disk took them. */
  lost: number;
  chunks: number;
  segmentsDropped: number;
}

interface WrittenChunk {
  readonly rawBytes: number;
  readonly records: number;
  readonly firstAt: Micros;
  readonly lastAt: Micros;
  readonly open: readonly RecordedConnection[];
}

/** Lines are compressed together when there are so many characters of them, or when `flush` is called. */
const CHUNK_CHARS = 256 * 1024;
/** What may wait for the disk. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Writes records into segments. `write` returns at once and never throws; what it was given is on its way to the disk
 * after the next `flush`, so a kill costs what came since. Memory and disk are bounded: records that the disk is too slow
 * for are dropped and counted, in the recording too.
 */
export class Recorder {
  readonly counts: RecorderCounts = { records: 0, lost: 0, chunks: 0, segmentsDropped: 0 };
  readonly #options: RecorderOptions;
  readonly #unlock: () => void;
  #runId: string;
  readonly #open = new Map<string, RecordedConnection>();
  readonly #closed: SegmentSummary[];
  #segment: SegmentFile | undefined;
  #segmentAt = 0;
  #lines: string[] = [];
  #chars = 0;
  #firstAt: Micros | undefined;
  #lastAt: Micros | undefined;
  /** The connections that were open before the first of `#lines`. */
  #openBefore: readonly RecordedConnection[] = [];
  #waitingBytes = 0;
  #lostSince = 0;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  /** Makes the directory when it is not there. Throws when it cannot be used, or another recorder writes to it. */
  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#runId = options.runId;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.#unlock = lockRecording(options.directory);
    this.#closed = readIndex(options.directory);
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#closed.reduce((sum, { bytes }) => sum + bytes, 0) + (this.#segment?.summary.bytes ?? 0);
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  write(record: VenueRecord): void {
    if (this.#stopped) return;
    if (this.#lines.length === 0) this.#openBefore = [...this.#open.values()];
    if (record.kind === "opened") this.#open.set(record.connection, connectionOf(record));
    else if (record.kind === "ended") this.#open.delete(record.connection);
    if (this.#waitingBytes > WAITING_BYTES_MAX) {
      this.counts.lost++;
      this.#lostSince++;
      return;
    }
    if (this.#lostSince > 0) {
      this.#add({ at: record.at, kind: "lost", count: this.#lostSince });
      this.#lostSince = 0;
    }
    this.#add(record);
    this.counts.records++;
    if (this.#chars >= CHUNK_CHARS) this.flush();
  }

  /** Sends what has been written since the last time on its way to the disk. To be called about once a second. */
  flush(): void {
    const { firstAt, lastAt } = { firstAt: this.#firstAt, lastAt: this.#lastAt };
    const [lines, open] = [this.#lines, this.#openBefore];
    if (lines.length === 0 || firstAt === undefined || lastAt === undefined || this.#stopped) return;
    this.#lines = [];
    this.#chars = 0;
    this.#firstAt = undefined;
    const text = `${lines.join("\n")}\n`;
    const what = { records: lines.length, firstAt, lastAt };
    const chunk = encodeChunk(text, what);
    this.#waitingBytes += chunk.length;
    const rawBytes = Buffer.byteLength(text);
    this.#enqueue(async () => {
      try {
        await this.#append(chunk, { ...what, rawBytes, open });
      } finally {
        this.#waitingBytes -= chunk.length;
      }
    });
  }

  /** Begins a segment with the next record, as another run: every connection has been ended. */
  renew(runId: string): void {
    this.flush();
    this.#enqueue(async () => {
      await this.#endSegment();
      this.#runId = runId;
    });
  }

  /** Writes what is left and ends. */
  async close(): Promise<void> {
    this.flush();
    this.#enqueue(() => this.#endSegment());
    await this.#work;
    this.#stopped = true;
    this.#unlock();
  }

  #add(record: VenueRecord): void {
    const line = recordLine(record);
    this.#firstAt ??= record.at;
    this.#lastAt = record.at;
    this.#lines.push(line);
    this.#chars += line.length;
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#stop(reasonOf(error)));
  }

  async #append(chunk: Buffer, what: WrittenChunk): Promise<void> {
    if (this.#stopped) return;
    const { segmentBytes, segmentMs } = this.#options.limits;
    const isFull = (this.#segment?.summary.bytes ?? 0) >= segmentBytes;
    if (isFull || what.lastAt - this.#segmentAt >= segmentMs * 1_000) await this.#endSegment();
    this.#makeRoom(chunk.length);
    if (this.#stopped) return this.#endSegment();
    this.#segment ??= await this.#beginSegment(what);
    await this.#segment.append(chunk, what);
    this.counts.chunks++;
  }

  /** A segment begins with the connections that were open: it can be played without those before it. */
  async #beginSegment({ firstAt: at, open }: WrittenChunk): Promise<SegmentFile> {
    const segment = await SegmentFile.create(this.#options.directory, (this.#closed.at(-1)?.number ?? 0) + 1);
    this.#segmentAt = at;
    const head = `${recordLine({ at, kind: "segment", version: RECORDING_VERSION, run: this.#runId, open })}\n`;
    const what = { records: 1, firstAt: at, lastAt: at };
    await segment.append(encodeChunk(head, what), { ...what, rawBytes: Buffer.byteLength(head) });
    return segment;
  }

  async #endSegment(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    this.#segment = undefined;
    await segment.close();
    this.#closed.push(segment.summary);
    writeIndex(this.#options.directory, this.#closed);
  }

  #makeRoom(bytes: number): void {
    const { limits, directory } = this.#options;
    while (this.bytes + bytes > limits.maxBytes) {
      const oldest = limits.whenFull === "drop-oldest" ? this.#closed.shift() : undefined;
      if (oldest === undefined) return this.#stop(`the recording has reached its limit of ${limits.maxBytes} bytes`);
      rmSync(join(directory, oldest.file), { force: true });
      writeIndex(directory, this.#closed);
      this.counts.segmentsDropped++;
    }
  }

  #stop(reason: string): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#lines = [];
    this.#options.onStopped(reason);
  }
}

const connectionOf = ({ connection, venue, target }: RecordedConnection): RecordedConnection => ({
  connection,
  venue,
  target,
});

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
