import { expect, test } from "vitest";
import { type QrSquares, qrSquares } from "./qr.ts";

/** Bytes that a code of error correction M holds, by version, as the standard prints them. */
const CAPACITY = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666];
/** Blocks and bytes of error correction, as the standard prints them. */
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];

const bytesOf = (length: number): number[] => Array.from({ length }, (_, index) => (index * 37 + 11) % 256);

const dark = (squares: QrSquares, x: number, y: number): number => (squares[y]?.[x] === true ? 1 : 0);

/** Squares of a code that are no data: finders, timing, alignment, format and version. */
function isPattern(x: number, y: number, version: number): boolean {
  const size = version * 4 + 17;
  if ((x < 9 && y < 9) || (x >= size - 8 && y < 9) || (x < 9 && y >= size - 8)) return true;
  if (x === 6 || y === 6) return true;
  if (version >= 7 && ((x >= size - 11 && y < 6) || (y >= size - 11 && x < 6))) return true;
  const places = CENTRES[version - 1] ?? [];
  const last = places.at(-1);
  return places.some((cx) =>
    places.some((cy) => {
      const isFinder = (cx === 6 && cy === 6) || (cx === 6 && cy === last) || (cx === last && cy === 6);
      return !isFinder && Math.abs(x - cx) <= 2 && Math.abs(y - cy) <= 2;
    }),
  );
}

/** Centres of alignment patterns, as the standard prints them. */
const CENTRES = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
  [6, 30, 54],
  [6, 32, 58],
  [6, 34, 62],
  [6, 26, 46, 66],
  [6, 26, 48, 70],
  [6, 26, 50, 74],
  [6, 30, 54, 78],
  [6, 30, 56, 82],
  [6, 30, 58, 86],
  [6, 34, 62, 90],
];

const MASKED: readonly ((row: number, column: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];

/** Powers of 2 in the field of the standard, so that a product is a sum of logarithms. */
const POWERS = Array.from({ length: 255 }).reduce<number[]>(
  (powers) => {
    const doubled = (powers.at(-1) ?? 1) * 2;
    return [...powers, doubled > 255 ? doubled ^ 0x11d : doubled];
  },
  [1],
);
const product = (a: number, b: number): number =>
  a === 0 || b === 0 ? 0 : (POWERS[(POWERS.indexOf(a) + POWERS.indexOf(b)) % 255] ?? 0);

/** Where the fifteen bits of the format stand beside the first finder. */
const FORMAT = [
  ...[0, 1, 2, 3, 4, 5, 7, 8].map((y) => [8, y] as const),
  ...[7, 5, 4, 3, 2, 1, 0].map((x) => [x, 8] as const),
];

function maskOf(squares: QrSquares): (row: number, column: number) => boolean {
  const bits = FORMAT.reduce((all, [x, y], index) => all | (dark(squares, x, y) << index), 0);
  const format = (bits ^ 0x5412) >> 10;
  expect(format >> 3, "error correction M").toBe(0);
  return MASKED[format & 7] ?? (() => false);
}

/** Reads a code as a scanner does once it has found its squares: mask, stream, blocks, their checks, bytes. */
function scanned(squares: QrSquares): number[] {
  const size = squares.length;
  const version = (size - 17) / 4;
  const isMasked = maskOf(squares);
  const columns = Array.from({ length: (size - 1) / 2 }, (_, index) => size - 1 - index * 2).map((x) =>
    x < 7 ? x - 1 : x,
  );
  const bits = columns.flatMap((column, index) =>
    Array.from({ length: size * 2 }, (_, step) => {
      const [x, down] = [column - (step % 2), Math.floor(step / 2)];
      const y = index % 2 === 0 ? size - 1 - down : down;
      return isPattern(x, y, version) ? [] : [dark(squares, x, y) ^ (isMasked(y, x) ? 1 : 0)];
    }).flat(),
  );
  const stream = Array.from({ length: Math.floor(bits.length / 8) }, (_, index) =>
    Number.parseInt(bits.slice(index * 8, index * 8 + 8).join(""), 2),
  );
  return contentOf(blocksOf(stream, version), version);
}

function blocksOf(stream: readonly number[], version: number): number[][] {
  const [count, correction] = [BLOCKS[version - 1] ?? 0, CORRECTION[version - 1] ?? 0];
  const data = stream.length - count * correction;
  const longer = data % count;
  const lengths = Array.from(
    { length: count },
    (_, block) => Math.floor(data / count) + (block >= count - longer ? 1 : 0),
  );
  const blocks: number[][] = lengths.map(() => []);
  let next = 0;
  for (let row = 0; row < Math.max(...lengths); row++)
    lengths.forEach((length, block) => row < length && blocks[block]?.push(stream[next++] ?? 0));
  const whole = blocks.map((block) => [...block]);
  for (let row = 0; row < correction; row++) for (const block of whole) block.push(stream[next++] ?? 0);
  for (const block of whole)
    for (let root = 0; root < correction; root++) {
      const check = block.reduce((sum, byte) => product(sum, POWERS[root] ?? 0) ^ byte, 0);
      expect(check, `check ${root} of a block`).toBe(0);
    }
  return blocks;
}

function contentOf(blocks: readonly number[][], version: number): number[] {
  const bits = blocks
    .flat()
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  expect(bits.slice(0, 4), "bytes").toBe("0100");
  const counted = version < 10 ? 8 : 16;
  const length = Number.parseInt(bits.slice(4, 4 + counted), 2);
  const from = 4 + counted;
  return Array.from({ length }, (_, index) => Number.parseInt(bits.slice(from + index * 8, from + index * 8 + 8), 2));
}

test.each(CAPACITY.map((capacity, index) => [index + 1, capacity]))(
  "a code of version %d holds %d bytes and no more, and is read back as they were",
  (version, capacity) => {
    const bytes = bytesOf(capacity);
    const squares = qrSquares(bytes) ?? [];
    expect(squares).toHaveLength(version * 4 + 17);
    expect(scanned(squares)).toEqual(bytes);
    expect(qrSquares(bytesOf(capacity + 1))?.length).toBe(version === 20 ? undefined : version * 4 + 21);
  },
);

test("a text is read back from its code", () => {
  const uri = "otpauth://totp/Deskwatch:ada%40desk.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Deskwatch";
  const read = scanned(qrSquares(new TextEncoder().encode(uri)) ?? []);
  expect(new TextDecoder().decode(Uint8Array.from(read))).toBe(uri);
});

test("a code has its three finders, so that a camera finds it", () => {
  const squares = qrSquares(bytesOf(20)) ?? [];
  const size = squares.length;
  for (const [left, top] of [
    [0, 0],
    [size - 7, 0],
    [0, size - 7],
  ] as const) {
    const middle = Array.from({ length: 7 }, (_, index) => dark(squares, left + index, top + 3)).join("");
    expect(middle).toBe("1011101");
  }
});
