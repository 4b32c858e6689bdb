import { plain, type Shown, unknownValue } from "../shown.ts";
import { type Paint, textTable } from "../text-table.ts";
import { intervalText, measureText } from "./figure-text.ts";
import type { Figure, FigureGroup, Report, ReportTable } from "./report.ts";

interface Screen {
  readonly width: number;
  readonly paint: Paint;
}

/** A report for a terminal: a table for each group, then what the reader has to know. */
export function reportText(report: Report, screen: Screen): string {
  const { paint } = screen;
  const parts = [
    [report.title, ...report.about.map((line) => paint(line, "muted"))],
    ...report.groups
      .map(({ title, figures }) => ({ title, figures: figures.filter(({ isTabled }) => isTabled !== true) }))
      .filter(({ figures }) => figures.length > 0)
      .map((group) => groupLines(group, screen)),
    ...report.tables.filter(({ rows }) => rows.length > 0).map((table) => tableLines(table, screen)),
    ...(report.notes.length > 0 ? [report.notes.map((note) => paint(`⚠ ${note}`, "stale"))] : []),
  ];
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function groupLines({ title, figures }: FigureGroup, { width, paint }: Screen): string[] {
  const hasIntervals = figures.some((figure) => intervalText(figure) !== "");
  return textTable({
    columns: [
      { title: title.toUpperCase(), cell: (figure: Figure) => plain(figure.title), min: 16 },
      { title: "VALUE", cell: shownOf, right: true },
      ...(hasIntervals ? [{ title: "95 %", cell: (figure: Figure) => plain(intervalText(figure)), spare: 1 }] : []),
    ],
    rows: figures,
    width,
    paint,
  });
}

function shownOf({ measure, unit }: Figure): Shown {
  const text = measureText(measure, unit);
  if (measure.value === undefined) return unknownValue(measure.reason);
  const isSigned = unit === "money" || unit === "bps";
  if (!isSigned || typeof measure.value !== "number" || measure.value === 0) return plain(text);
  return { text, tone: measure.value > 0 ? "up" : "down" };
}

function tableLines({ title, columns, rows }: ReportTable, { width, paint }: Screen): string[] {
  const lines = textTable({
    columns: columns.map((column, index) => ({
      title: column.toUpperCase(),
      cell: (row: readonly string[]) => plain(row[index] ?? ""),
      right: index > 0,
      spare: index,
    })),
    rows,
    width,
    paint,
  });
  return [title, ...lines];
}
