import { intervalText, measureText, methodText } from "../figure-text.ts";
import type { Figure, FigureGroup, Report, ReportTable } from "../report.ts";
import { drawn } from "./draw.ts";
import { escaped } from "./escape.ts";
import { STYLE } from "./style.ts";

/** Figures that stand at the top, where a report has them. */
const KEYS = [
  "total_return",
  "cagr",
  "sharpe_annual",
  "sortino_annual",
  "max_drawdown_pct",
  "vol_annual",
  "psr_vs_0",
  "net_profit",
  "profit_factor",
  "win_rate",
  "expectancy",
  "total_pnl_net",
  "realized_gross_ac",
  "fees",
  "end_position",
  "dsr",
];
const KEYS_SHOWN = 7;

/** A report as one file that needs nothing else: no script, no font, no address. `madeAt` stands at its foot. */
export function reportHtml(report: Report, { madeAt, version }: { madeAt: string; version: string }): string {
  const figures = report.groups.flatMap((group) => group.figures);
  const keys = KEYS.flatMap((name) => figures.filter((figure) => figure.name === name)).slice(0, KEYS_SHOWN);
  const notes = report.notes.map((note) => `<li>⚠ ${escaped(note)}</li>`).join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(`${report.title}: ${report.about[0] ?? ""}`)}</title><style>${STYLE}</style></head>
<body><main><header><h1>${escaped(report.title)}</h1><p>${report.about.map(escaped).join(" · ")}</p>
${notes === "" ? "" : `<ul class="notes">${notes}</ul>`}</header>
${keys.length === 0 ? "" : `<dl class="keys">${keys.map(keyOf).join("")}</dl>`}
<div class="sheet"><div>${report.charts().map(drawn).join("")}${report.tables.map(tableOf).join("")}</div>
<div>${report.groups.map(groupOf).join("")}</div></div>
<footer>Deskwatch ${escaped(version)}, ${escaped(madeAt)}. “—” is not known, for the reason given; intervals show where the number lies with 95 % confidence.</footer>
</main></body></html>
`;
}

const keyOf = (figure: Figure): string =>
  `<div><dt>${escaped(figure.title)}</dt><dd>${escaped(measureText(figure.measure, figure.unit))}<small>${escaped(intervalText(figure))}</small></dd></div>`;

function groupOf({ title, figures: all }: FigureGroup): string {
  const figures = all.filter(({ isTabled }) => isTabled !== true);
  if (figures.length === 0) return "";
  return `<section><h2>${escaped(title)}</h2><table><tbody>${figures.map(rowOf).join("")}</tbody></table></section>`;
}

function rowOf(figure: Figure): string {
  const { title, unit, measure, interval, formula, isFew } = figure;
  const about = [formula, interval !== undefined && !("reason" in interval) ? methodText(interval) : undefined];
  const hover = about.filter((text) => text !== undefined).join("; ");
  const term = hover === "" ? escaped(title) : `<abbr title="${escaped(hover)}">${escaped(title)}</abbr>`;
  const why = measure.value === undefined ? measure.reason : isFew === true ? "few returns" : "";
  const reason = why === "" ? "" : `<div class="why">${escaped(why)}</div>`;
  const between = intervalText(figure);
  return `<tr><th scope="row">${term}${reason}</th><td class="value">${escaped(measureText(measure, unit))}${between === "" ? "" : `<small>${escaped(between)}</small>`}</td></tr>`;
}

function tableOf({ title, columns, rows }: ReportTable): string {
  if (rows.length === 0) return "";
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("");
  return `<section class="wide"><h2>${escaped(title)}</h2><table class="plain"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></section>`;
}
