import { clipped, printable, textWidth } from "./printable.ts";
import type { Shown, Tone } from "./shown.ts";

/** A column of a table in plain text. */
export interface TextColumn<Row> {
  /** With the unit, where there is one. */
  readonly title: string;
  readonly cell: (row: Row) => Shown;
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** The columns of the screen that it may shrink to; never shrinks when absent. */
  readonly min?: number;
  /** What goes first where there is no room: the largest number. Never goes when absent. */
  readonly spare?: number;
}

/** How a screen shows a text in a tone, such as by a colour. The text already says it all. */
export type Paint = (text: string, tone: Tone) => string;

export interface TextTable<Row> {
  readonly columns: readonly TextColumn<Row>[];
  readonly rows: readonly Row[];
  /** Columns of the screen; `Infinity` cuts nothing. */
  readonly width: number;
  readonly paint: Paint;
}

const GAP = "  ";
const NOTES_MAX = 6;

interface Laid<Row> {
  readonly column: TextColumn<Row>;
  readonly cells: readonly Shown[];
  readonly width: number;
}

/**
 * A head and one line for each row, none wider than `width` as far as columns can shrink or go; below them why what is
 * "—" is not known. Whatever the cells hold, each is one line and harmless to a terminal.
 */
export function textTable<Row>({ columns, rows, width, paint }: TextTable<Row>): string[] {
  const laid = fitted(
    columns.map((column) => measured(column, rows)),
    width,
  );
  const head = lineOf(laid.map(({ column, width }) => aligned(clipped(column.title, width), column.right, width)));
  const lines = rows.map((_, index) =>
    lineOf(
      laid.map(({ column, cells, width }) => {
        const shown = cells[index];
        if (shown === undefined) return "";
        const text = aligned(clipped(shown.text, width), column.right, width);
        return shown.text === "" ? text : text.replace(/\S(?:.*\S)?/, (said) => paint(said, shown.tone));
      }),
    ),
  );
  return [paint(head, "muted"), ...lines, ...notes(laid, width)];
}

function measured<Row>(column: TextColumn<Row>, rows: readonly Row[]): Laid<Row> {
  const cells = rows.map((row) => {
    const shown = column.cell(row);
    return { ...shown, text: printable(shown.text) };
  });
  return { column, cells, width: Math.max(textWidth(column.title), ...cells.map(({ text }) => textWidth(text))) };
}

const total = (laid: readonly { readonly width: number }[]): number =>
  laid.reduce((sum, { width }) => sum + width, GAP.length * Math.max(0, laid.length - 1));

/** Shrinks the widest first; where that is not enough, a column goes and the others get its room. */
function fitted<Row>(laid: readonly Laid<Row>[], width: number): readonly Laid<Row>[] {
  const shrunk = shrunkTo(laid, width);
  if (total(shrunk) <= width) return shrunk;
  const spare = laid
    .filter(({ column }) => column.spare !== undefined)
    .sort((a, b) => (b.column.spare ?? 0) - (a.column.spare ?? 0))[0];
  return spare === undefined
    ? shrunk
    : fitted(
        laid.filter((each) => each !== spare),
        width,
      );
}

function shrunkTo<Row>(laid: readonly Laid<Row>[], width: number): readonly Laid<Row>[] {
  const widths = laid.map((each) => each.width);
  let over = total(laid) - width;
  while (over > 0) {
    const widest = widestShrinkable(laid, widths);
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over--;
  }
  return laid.map((each, index) => ({ ...each, width: widths[index] ?? each.width }));
}

function widestShrinkable<Row>(laid: readonly Laid<Row>[], widths: readonly number[]): number | undefined {
  let widest: number | undefined;
  for (const [index, { column }] of laid.entries()) {
    const width = widths[index] ?? 0;
    if (column.min === undefined || width <= column.min) continue;
    if (widest === undefined || width > (widths[widest] ?? 0)) widest = index;
  }
  return widest;
}

function aligned(text: string, right: boolean | undefined, width: number): string {
  const pad = " ".repeat(Math.max(0, width - textWidth(text)));
  return right === true ? pad + text : text + pad;
}

const lineOf = (cells: readonly string[]): string => cells.join(GAP).trimEnd();

/** Why values are not known, each reason of a column once. */
function notes<Row>(laid: readonly Laid<Row>[], width: number): string[] {
  const said = new Set<string>();
  for (const { column, cells } of laid)
    for (const { reason } of cells) if (reason !== undefined) said.add(`— ${column.title}: ${printable(reason)}`);
  const shown = [...said].slice(0, NOTES_MAX).map((note) => clipped(note, width));
  return said.size > NOTES_MAX ? [...shown, "— …"] : shown;
}
