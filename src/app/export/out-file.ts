import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, createZstdCompress } from "node:zlib";

export type Compression = "gzip" | "zstd";

/** The end that a compressed file's name gets. */
export const ENDINGS: Readonly<Record<Compression, string>> = { gzip: ".gz", zstd: ".zst" };

/** What was written: `bytes` and `sha256` are of the file as it lies there, `rows` of what it holds. */
export interface Written {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface OutFile {
  readonly path: string;
  readonly texts: AsyncIterable<string> | Iterable<string>;
  readonly compression?: Compression | undefined;
  readonly kind: "ndjson" | "csv" | "text";
}

/**
 * Writes texts to a new file and syncs it, in constant memory. Rejects with what went wrong, also when `texts` ends
 * in the middle of a row: then the hub's answer was cut.
 */
export async function writeOut({ path, texts, compression, kind }: OutFile): Promise<Written> {
  const rows = new RowCount(kind);
  const digest = createHash("sha256");
  let bytes = 0;
  const measured = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      digest.update(chunk);
      done(null, chunk);
    },
  });
  const source = Readable.from(counted(texts, rows), { objectMode: false });
  const file = createWriteStream(path, { flags: "wx", flush: true });
  if (compression === undefined) await pipeline(source, measured, file);
  else await pipeline(source, compression === "gzip" ? createGzip() : createZstdCompress(), measured, file);
  if (rows.isWithinRow) throw new Error("the hub's answer ended in the middle of a row");
  const heads = kind === "csv" && rows.count > 0 ? 1 : 0;
  return { rows: kind === "text" ? 0 : rows.count - heads, bytes, sha256: digest.digest("hex") };
}

async function* counted(texts: OutFile["texts"], rows: RowCount): AsyncGenerator<Buffer> {
  for await (const text of texts) {
    rows.add(text);
    yield Buffer.from(text);
  }
}

/** Rows: in CSV, line ends outside of quotes, which stand there in pairs; in NDJSON every line end. */
class RowCount {
  count = 0;
  readonly #isCsv: boolean;
  #isQuoted = false;
  #endsRow = true;

  constructor(kind: OutFile["kind"]) {
    this.#isCsv = kind === "csv";
  }

  get isWithinRow(): boolean {
    return !this.#endsRow;
  }

  add(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      this.#quotes(text, from, end);
      if (!this.#isQuoted) this.count++;
      from = end + 1;
    }
    this.#quotes(text, from, text.length);
    if (text !== "") this.#endsRow = !this.#isQuoted && text.endsWith("\n");
  }

  #quotes(text: string, from: number, to: number): void {
    if (this.#isCsv && hasOddQuotes(text, from, to)) this.#isQuoted = !this.#isQuoted;
  }
}

function hasOddQuotes(text: string, from: number, to: number): boolean {
  let odd = false;
  for (let at = text.indexOf('"', from); at >= 0 && at < to; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}
