import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type Micros, micros } from "../../src/base/time.ts";
import { canonicalDecimal } from "../../src/domain/decimal.ts";
import { type BinanceFrame, type BookTicker, parseBinanceFrame } from "../../src/venues/binance/frames.ts";
import { SymbolBook } from "../../src/venues/binance/symbol-book.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const RECORDING = "data/binance-futures/btcusdt_20240808.gz";

interface Line {
  readonly receivedAt: Micros;
  readonly frame: BinanceFrame;
}

/** Each line: receive time in ns, then the frame. */
async function recorded(): Promise<Line[]> {
  const text = gunzipSync(await readFile(testData(RECORDING))).toString("utf8");
  const lines: Line[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const space = line.indexOf(" ");
    const receivedAt = micros(Number(line.slice(0, space - 3)));
    lines.push({ receivedAt, frame: parseBinanceFrame(line.slice(space + 1)) });
  }
  return lines;
}

/** Plays frames into a book and keeps what it tells of itself. */
function played(lines: readonly Line[], onDepth: (book: SymbolBook, u: number) => void = () => {}) {
  const told: string[] = [];
  const book = new SymbolBook({
    stale: (reason, detail) => told.push(`stale ${reason}: ${detail}`),
    resynced: () => told.push("resynced"),
    needSnapshot: () => told.push("needs a snapshot"),
  });
  book.restart();
  for (const { receivedAt, frame } of lines) {
    if (frame.kind === "snapshot") book.snapshot(frame.snapshot, receivedAt);
    else if (frame.kind === "ticker") book.ticker(frame.ticker);
    else if (frame.kind === "depth") {
      book.depth(frame.update, receivedAt);
      onDepth(book, frame.update.u);
    }
  }
  return { book, told };
}

const topOf = ({ book }: SymbolBook) => [...(book.best("bids") ?? []), ...(book.best("asks") ?? [])];
const saidBy = ({ b, B, a, A }: BookTicker) => [b, B, a, A].map((text) => canonicalDecimal(text));

requireTestData(RECORDING)("a recorded session of Binance USD-M", () => {
  test("every frame is read, and none of an unknown shape", async () => {
    const counts: Record<string, number> = {};
    for (const { frame } of await recorded()) counts[frame.kind] = (counts[frame.kind] ?? 0) + 1;
    expect(counts).toEqual({ depth: 6551, ticker: 66_089, trade: 21_313, snapshot: 1 });
  });

  test("the book equals bookTicker after every update that both describe, and is never stale", async () => {
    const lines = await recorded();
    const tickers = new Map<number, BookTicker>();
    for (const { frame } of lines) if (frame.kind === "ticker") tickers.set(frame.ticker.u, frame.ticker);
    let equal = 0;
    const { book, told } = played(lines, (at, u) => {
      const ticker = tickers.get(u);
      if (ticker === undefined || !at.book.isFresh) return;
      expect({ u, top: topOf(at) }).toEqual({ u, top: saidBy(ticker) });
      equal++;
    });
    expect(told).toEqual(["needs a snapshot", "resynced"]);
    expect(equal).toBeGreaterThan(500);
    expect(book.compared).toBe(equal);
  });

  test("a lost update is seen at the next one, and a snapshot makes the book right again", async () => {
    const lines = await recorded();
    const depths = lines.flatMap(({ frame }, index) => (frame.kind === "depth" ? [index] : []));
    const lost = depths[3_000] ?? 0;
    const { book, told } = played(lines.filter((_, index) => index !== lost));
    expect(told.slice(0, 3)).toEqual([
      "needs a snapshot",
      "resynced",
      expect.stringMatching(/^stale gap: expected pu/),
    ]);
    expect(book.book.state).toEqual({ kind: "stale", reason: "gap" });
  });

  test("a level that the venue never told is seen by the next ticker of the same update", async () => {
    const lines = await recorded();
    const depths = lines.flatMap(({ frame }, index) => (frame.kind === "depth" ? [index] : []));
    const bent = depths[3_000] ?? 0;
    const { told } = played(
      lines.map((line, index) => {
        if (index !== bent || line.frame.kind !== "depth") return line;
        const { update } = line.frame;
        return { ...line, frame: { kind: "depth", update: { ...update, b: [...update.b, ["61999.90", "1"]] } } };
      }),
    );
    expect(told[2]).toMatch(/^stale (?:mismatch: after update|crossed: )/);
  });
});
