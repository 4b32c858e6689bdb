/** A QR code: rows of squares, dark where true, without the quiet ground that has to stand around it. */
export type QrSquares = readonly (readonly boolean[])[];

/** Of error correction M, by version from 1: its bytes in each block, and the blocks (ISO/IEC 18004, table 9). */
const EC_BYTES = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
/** The two bits of error correction M. */
const LEVEL_BITS = 0;

/** The QR code of bytes, which a reader takes for text in UTF-8, as small as it can be; undefined above 666 of them. */
export function qrSquares(given: Iterable<number>): QrSquares | undefined {
  const bytes = [...given];
  const version = EC_BYTES.findIndex((_, index) => bytes.length <= roomFor(index + 1)) + 1;
  if (version === 0) return undefined;
  const stream = interleaved(dataOf(bytes, version), version);
  const drawn = Array.from({ length: 8 }, (_, mask) => draw(stream, version, mask));
  return drawn.reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
}

const sizeOf = (version: number): number => version * 4 + 17;

/** Places of alignment patterns on either axis. */
function alignments(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  const rest = Array.from({ length: count - 1 }, (_, index) => sizeOf(version) - 7 - index * step);
  return [6, ...rest.toReversed()];
}

/** Bytes that the data area of a version holds, error correction included. */
function rawBytes(version: number): number {
  const count = alignments(version).length;
  const alignment = count === 0 ? 0 : (25 * count - 10) * count - 55;
  const information = version >= 7 ? 36 : 0;
  return Math.floor(((16 * version + 128) * version + 64 - alignment - information) / 8);
}

const at = (list: readonly number[], index: number): number => list[index] ?? 0;
const ecOf = (version: number): { readonly ec: number; readonly blocks: number } => ({
  ec: at(EC_BYTES, version - 1),
  blocks: at(BLOCKS, version - 1),
});

function dataBytes(version: number): number {
  const { ec, blocks } = ecOf(version);
  return rawBytes(version) - ec * blocks;
}

/** Four bits say "bytes", then comes their number. */
const roomFor = (version: number): number => dataBytes(version) - (version < 10 ? 2 : 3);

function dataOf(bytes: readonly number[], version: number): number[] {
  const bits: number[] = [];
  const push = (value: number, length: number): void => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  push(4, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, dataBytes(version) * 8 - bits.length));
  while (bits.length % 8 !== 0) bits.push(0);
  const data = Array.from({ length: bits.length / 8 }, (_, index) =>
    bits.slice(index * 8, index * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  );
  for (let pad = 0xec; data.length < dataBytes(version); pad ^= 0xec ^ 0x11) data.push(pad);
  return data;
}

/** Blocks with their error correction, byte by byte in turn. */
function interleaved(data: readonly number[], version: number): number[] {
  const { ec, blocks } = ecOf(version);
  const short = Math.floor(rawBytes(version) / blocks) - ec;
  const longFrom = blocks - (rawBytes(version) % blocks);
  const divisor = generator(ec);
  const parts: number[][] = [];
  for (let block = 0, from = 0; block < blocks; block++) {
    const length = short + (block >= longFrom ? 1 : 0);
    parts.push(data.slice(from, from + length));
    from += length;
  }
  const corrections = parts.map((part) => remainder(part, divisor));
  const turn = (lists: readonly number[][], longest: number): number[] =>
    Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
  return [...turn(parts, short + 1), ...turn(corrections, ec)];
}

/** In the field of 256 elements that the standard names. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

function generator(degree: number): number[] {
  const terms: number[] = Array.from({ length: degree }, (_, index) => (index === degree - 1 ? 1 : 0));
  for (let step = 0, root = 1; step < degree; step++, root = times(root, 2))
    for (let index = 0; index < degree; index++)
      terms[index] = times(at(terms, index), root) ^ (index + 1 < degree ? at(terms, index + 1) : 0);
  return terms;
}

function remainder(data: readonly number[], divisor: readonly number[]): number[] {
  let rest = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ at(rest, 0);
    rest = [...rest.slice(1), 0].map((value, index) => value ^ times(at(divisor, index), factor));
  }
  return rest;
}

type Grid = (boolean | undefined)[][];

function draw(stream: readonly number[], version: number, mask: number): QrSquares {
  const size = sizeOf(version);
  const grid: Grid = Array.from({ length: size }, () => Array.from({ length: size }, () => undefined));
  const set = (x: number, y: number, dark: boolean): void => {
    const row = grid[y];
    if (row !== undefined && x >= 0 && x < size) row[x] = dark;
  };
  drawPatterns(set, version);
  drawFormat(set, size, mask);
  if (version >= 7) drawVersion(set, size, version);
  return fill(grid, stream, mask);
}

type Set = (x: number, y: number, dark: boolean) => void;

function drawPatterns(set: Set, version: number): void {
  const size = sizeOf(version);
  for (let index = 0; index < size; index++) {
    set(6, index, index % 2 === 0);
    set(index, 6, index % 2 === 0);
  }
  const square = (x: number, y: number, reach: number, isDark: (distance: number) => boolean): void => {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++) set(x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  const places = alignments(version);
  const last = places.length - 1;
  places.forEach((x, i) => {
    places.forEach((y, j) => {
      const isCorner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
      if (!isCorner) square(x, y, 2, (distance) => distance !== 1);
    });
  });
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    square(x, y, 4, (distance) => distance !== 2 && distance !== 4);
}

function drawFormat(set: Set, size: number, mask: number): void {
  const data = (LEVEL_BITS << 3) | mask;
  const bits = ((data << 10) | checked(data, 10, 0x537)) ^ 0x5412;
  const bit = (index: number): boolean => ((bits >>> index) & 1) === 1;
  for (let index = 0; index <= 5; index++) set(8, index, bit(index));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let index = 9; index < 15; index++) set(14 - index, 8, bit(index));
  for (let index = 0; index < 8; index++) set(size - 1 - index, 8, bit(index));
  for (let index = 8; index < 15; index++) set(8, size - 15 + index, bit(index));
  set(8, size - 8, true);
}

function drawVersion(set: Set, size: number, version: number): void {
  const bits = (version << 12) | checked(version, 12, 0x1f25);
  for (let index = 0; index < 18; index++) {
    const [a, b] = [size - 11 + (index % 3), Math.floor(index / 3)];
    set(a, b, ((bits >>> index) & 1) === 1);
    set(b, a, ((bits >>> index) & 1) === 1);
  }
}

/** The check bits of a BCH code. */
function checked(data: number, length: number, polynomial: number): number {
  let rest = data;
  for (let step = 0; step < length; step++) rest = (rest << 1) ^ ((rest >>> (length - 1)) * polynomial);
  return rest;
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Every square in the order of the stream: up and down in columns of two, from the right. */
function* zigzag(size: number): Generator<readonly [number, number]> {
  for (let right = size - 1; right >= 1; right -= right === 8 ? 3 : 2) {
    const isUp = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++)
      for (const x of [right, right - 1]) yield [x, isUp ? size - 1 - step : step];
  }
}

/** Puts the stream where nothing is drawn yet. */
function fill(grid: Grid, stream: readonly number[], mask: number): QrSquares {
  const isMasked = MASKS[mask] ?? (() => false);
  let next = 0;
  for (const [x, y] of zigzag(grid.length)) {
    const row = grid[y];
    if (row === undefined || row[x] !== undefined) continue;
    const bit = (at(stream, next >>> 3) >>> (7 - (next & 7))) & 1;
    next += 1;
    row[x] = (bit === 1) !== isMasked(x, y);
  }
  return grid.map((row) => row.map((square) => square === true));
}

/** How hard a code is to read: runs, blocks, what looks like a finder, and too much of one colour. */
function penalty(squares: QrSquares): number {
  const columns = squares.map((_, x) => squares.map((row) => row[x] === true));
  const lines = [...squares, ...columns].map((line) => line.map((dark) => (dark ? "1" : "0")).join(""));
  const runs = lines.flatMap((line) => line.match(/0{5,}|1{5,}/g) ?? []).reduce((sum, run) => sum + run.length - 2, 0);
  const finders = lines.reduce((sum, line) => sum + (line.match(/(?=00001011101|10111010000)/g)?.length ?? 0), 0);
  let blocks = 0;
  for (let y = 1; y < squares.length; y++)
    for (let x = 1; x < squares.length; x++) {
      const dark = squares[y]?.[x];
      if (squares[y]?.[x - 1] === dark && squares[y - 1]?.[x] === dark && squares[y - 1]?.[x - 1] === dark) blocks += 1;
    }
  const share = squares.flat().filter((dark) => dark).length / squares.length ** 2;
  return runs + finders * 40 + blocks * 3 + Math.floor(Math.abs(share - 0.5) * 20) * 10;
}
