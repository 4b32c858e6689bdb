import { contentId } from "../content-id.ts";
import { type FileTime, fileTime, fileTimeItems, TIME_NAMES } from "../file-time.ts";
import { type ImportFormat, type ImportInput, type ImportItem, mapped, refused, told } from "../format.ts";
import { Fields, isObject, type JsonObject } from "../json-fields.ts";
import { hasNames } from "../json-items.ts";
import { jsonDocument } from "../json-text.ts";

const CAPTURE = ["avg_capture_bps", "average_capture_bps", "spread_capture_bps"] as const;
const REALIZED = ["realized_fill_factor", "fill_factor_realized", "realised_fill_factor"] as const;
const CONFIGURED = ["configured_fill_factor", "fill_factor_configured", "current_fill_factor", "fill_factor"] as const;
const BOT = ["bot", "bot_id", "bot_name", "instance"] as const;
const VARIANT = ["bot_variant", "variant"] as const;
const INSIDE = [
  "bots",
  "per_bot",
  "by_bot",
  "reports",
  "results",
  "calibrations",
  "entries",
  "instances",
  "data",
] as const;
/** Fields of every event: a report's own are kept as `reported_…`. */
const ENVELOPE = new Set(["type", "id", "v", "mode", "strategy", "account", "origin", "tags", "kind"]);
const READ: ReadonlySet<string> = new Set(["ts", "bot"]);
const DEPTH_MAX = 4;
const KEPT_CHARS_MAX = 2_048;

/** What a bot found out about its own trading: how much of the spread it captures, and how often it is filled. */
export const calibrationFiles: ImportFormat = {
  name: "calibration",
  about: "edge_report.json and fill_factor_calibration.json: one report, a list, or a list of bots inside",
  fileNames: ["edge_report.json", "fill_factor_calibration.json"],
  detect: (head) => hasNames(head, [...CAPTURE, ...REALIZED]),
  open,
};

/** A report inside a document, and the bot that the place it stands at names. */
interface Report {
  readonly value: JsonObject;
  readonly place: string | undefined;
  /** Whether reports of single bots stand inside it: it is then a sum over them. */
  readonly isTotal: boolean;
}

async function* open(input: ImportInput): AsyncGenerator<ImportItem, void> {
  const document = await jsonDocument(input.chunks);
  const reports = reportsIn(document, undefined, 0);
  if (reports.length === 0) {
    input.rowRead();
    yield refused(1, `neither ${CAPTURE[0]} nor ${REALIZED[0]} in it`);
  }
  for (const [index, report] of reports.entries()) {
    input.rowRead();
    yield* mapped(index + 1, () => reportItems(index + 1, report, document, input));
  }
}

const isReport = (value: unknown): value is JsonObject =>
  isObject(value) && [...CAPTURE, ...REALIZED].some((name) => Object.hasOwn(value, name));

/** A report, a list of them, an object that names each by its bot, or either of these under one of `INSIDE`. */
function reportsIn(value: unknown, place: string | undefined, depth: number): readonly Report[] {
  if (depth > DEPTH_MAX) return [];
  if (Array.isArray(value)) return value.flatMap((part: unknown) => reportsIn(part, undefined, depth + 1));
  if (!isObject(value)) return [];
  const inside = INSIDE.flatMap((name) => (Object.hasOwn(value, name) ? reportsOf(value[name], depth + 1) : []));
  if (isReport(value)) return [{ value, place, isTotal: inside.length > 0 }, ...inside];
  return inside.length > 0 ? inside : reportsOf(value, depth + 1);
}

/** The reports of single bots, in a list or each under its bot's name. */
function reportsOf(value: unknown, depth: number): readonly Report[] {
  if (Array.isArray(value)) return reportsIn(value, undefined, depth);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => (isReport(part) ? reportsIn(part, name, depth) : []));
}

function reportItems(line: number, report: Report, document: unknown, input: ImportInput): ImportItem[] {
  if (report.isTotal) return [{ line, leftOut: "a report over several bots, whose own reports stand inside it" }];
  const row = new Fields(line, report.value);
  const own = row.iso(TIME_NAMES);
  const time: FileTime = own === undefined ? fileTime(document, input) : { ts: own, own: true };
  const said = JSON.stringify([report.place ?? "", report.value, time.own ? time.ts : ""]);
  const base = { bot: botOf(row, report, input), mode: input.options.mode };
  const { kept, leftOut } = restOf(row);
  const tell = (kind: string, figures: Readonly<Record<string, unknown>>) =>
    told(line, {
      type: "calibration",
      ...kept,
      ...base,
      ts: time.ts,
      id: `${kind}:${contentId(said)}`,
      kind,
      ...figures,
    });
  return [
    ...(row.has(CAPTURE) ? [tell("edge_report", { avg_capture_bps: row.number(CAPTURE) })] : []),
    ...(row.has(REALIZED)
      ? [
          tell("fill_factor", {
            realized_fill_factor: row.number(REALIZED),
            configured_fill_factor: row.number(CONFIGURED),
          }),
        ]
      : []),
    ...leftOut.map((name) => ({ line, leftOut: `${name}: larger than ${KEPT_CHARS_MAX} characters` })),
    ...fileTimeItems(time),
  ];
}

/** The report's own word, else the caller's, else what the place in the file says. */
function botOf(row: Fields, { place }: Report, { options }: ImportInput): string {
  const variant = row.text(VARIANT);
  return row.text(BOT) ?? options.bot ?? (variant === undefined ? (place ?? "default") : `hbot-${variant}`);
}

/** All else that the report says, but what is too large to be kept on every chart. */
function restOf(row: Fields) {
  const kept: Record<string, unknown> = {};
  const leftOut: string[] = [];
  for (const [name, value] of Object.entries(row.value)) {
    if (READ.has(name) || INSIDE.some((inside) => inside === name)) continue;
    if (JSON.stringify(value).length <= KEPT_CHARS_MAX) kept[ENVELOPE.has(name) ? `reported_${name}` : name] = value;
    else leftOut.push(name);
  }
  return { kept, leftOut };
}
