import { measureJson, numberJson, type Report } from "./report.ts";

/** The figures of a report, one a row: `name,value,unit,low,high,n,reason`; nothing where there is no value. */
export function reportCsv({ groups }: Report): string {
  const rows = groups
    .flatMap(({ figures }) => figures)
    .map(({ name, measure, unit, interval }) => {
      const bounds = interval === undefined || "reason" in interval ? ["", ""] : [interval.low, interval.high];
      return [
        name,
        measureJson(measure) ?? "",
        unit,
        ...bounds.map((bound) => (typeof bound === "number" ? (numberJson(bound) ?? "") : "")),
        measure.n,
        measure.value === undefined ? measure.reason : "",
      ];
    });
  const lines = [["name", "value", "unit", "low", "high", "n", "reason"], ...rows];
  return `${lines.map((cells) => cells.map((cell) => quoted(String(cell))).join(",")).join("\n")}\n`;
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
