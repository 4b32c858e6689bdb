import { writeFileSync } from "node:fs";
import { z } from "zod";
import { err, ok, type Result } from "../../base/result.ts";
import { healthAnswer } from "../../protocol/api.ts";
import { askHub, readHub, shownAddress } from "../commands/hub-answer.ts";
import type { HubAddress } from "../commands/hub-options.ts";
import { VERSION } from "../version.ts";
import { eventLines } from "./event-lines.ts";
import { firstStatements, StatementMissing } from "./first-statements.ts";
import { type ExportedFile, type ExportFilters, type Manifest, MANIFEST, README, readmeText } from "./manifest.ts";
import { type Compression, ENDINGS, writeOut } from "./out-file.ts";
import { EVENTS, type ExportPart, PARTS } from "./parts.ts";
import type { ExportTarget } from "./target.ts";

export interface ExportOptions {
  readonly hub: HubAddress;
  readonly target: ExportTarget;
  readonly filters: ExportFilters;
  /** Of `events.ndjson`, which is by far the largest. */
  readonly compression: Compression | undefined;
  /** Hears how far the log has been read. */
  readonly onSeq: (seq: number, lastSeq: number) => void;
}

/** Every name that an export may write. */
export const exportFileNames = (compression: Compression | undefined): readonly string[] => [
  eventsFile(compression),
  ...PARTS.map(({ file }) => file),
  README,
  MANIFEST,
];

const eventsFile = (compression: Compression | undefined): string =>
  EVENTS.file + (compression === undefined ? "" : ENDINGS[compression]);

/** The hub gave an answer that an export cannot be made of; said in words for whoever typed the command. */
class ExportFailed extends Error {
  override readonly name = "ExportFailed";
}

/** What a whole export has in common. */
interface Course extends ExportOptions {
  readonly asOf: { readonly as_of: string; readonly as_of_seq: number };
  readonly leftOut: { readonly what: string; readonly reason: string }[];
}

/**
 * Exports all that a hub tells, every file up to the same `seq` as far as its read can be cut there. On any failure
 * nothing is published and the reason is returned.
 */
export async function runExport(options: ExportOptions): Promise<Result<Manifest, string>> {
  const { hub, target, filters } = options;
  try {
    const health = healthAnswer.parse(await jsonOf(hub, "/api/v1/health"));
    const asOf = { as_of: health.as_of, as_of_seq: health.as_of_seq };
    const course: Course = { ...options, asOf, leftOut: [] };
    const files = [await exportEvents(course)];
    for (const part of PARTS) {
      const file = await exportPart(part, course);
      if (file !== undefined) files.push(file);
    }
    const { leftOut } = course;
    const manifest: Manifest = {
      exported_by: "deskwatch",
      version: VERSION,
      hub: shownAddress(hub),
      ...asOf,
      filters,
      files,
      left_out: leftOut,
    };
    writeFileSync(target.pathOf(README), readmeText(manifest), { flag: "wx" });
    writeFileSync(target.pathOf(MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { flag: "wx", flush: true });
    target.publish([...files.map(({ file }) => file), README, MANIFEST]);
    return ok(manifest);
  } catch (error) {
    target.abandon();
    return err(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ExportFailed || error instanceof StatementMissing) return error.message;
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return "the hub's answer is not what this version of the program knows";
  const why = error instanceof Error ? error.message : String(error);
  return `the export broke off: ${why}; nothing was written`;
}

async function jsonOf(hub: HubAddress, path: string, query: Parameters<typeof readHub>[2] = {}): Promise<unknown> {
  const body = await readHub(hub, path, query);
  if (!body.ok) throw new ExportFailed(body.error.message);
  return JSON.parse(body.value);
}

async function exportEvents(course: Course): Promise<ExportedFile> {
  const { hub, target, filters, compression, asOf, onSeq, leftOut } = course;
  const answer = await askStream(hub, EVENTS, course);
  if (!answer.ok) throw new ExportFailed(answer.error.message);
  let later = 0;
  const texts = eventLines({
    chunks: answer.value.chunks,
    upToSeq: asOf.as_of_seq,
    filters,
    firstStatement: firstStatements(hub),
    onSeq: (seq) => onSeq(seq, asOf.as_of_seq),
    onLeftOut: () => {
      later++;
    },
  });
  const file = eventsFile(compression);
  const written = await writeOut({ path: target.pathOf(file), texts, compression, kind: "ndjson" });
  if (later > 0)
    leftOut.push({
      what: `${later} later statements`,
      reason: "they add to or contradict facts that the filters leave out",
    });
  return { file, about: EVENTS.about, ...written, as_of_seq: asOf.as_of_seq };
}

/** Undefined when this hub has no such read: then it is noted as left out. */
async function exportPart(part: ExportPart, course: Course): Promise<ExportedFile | undefined> {
  const { hub, target, asOf, leftOut } = course;
  const answer = await askStream(hub, part, course);
  if (!answer.ok) {
    const { status, message } = answer.error;
    if (status !== 404 && status !== 400) throw new ExportFailed(message);
    const reason = status === 404 ? "this hub has no such read" : `this hub does not give it: ${message}`;
    leftOut.push({ what: part.file, reason });
    return undefined;
  }
  const { chunks, asOfSeq } = answer.value;
  const body = part.rows === undefined ? undefined : rowsOf(part, JSON.parse(await textOf(chunks)), course);
  const path = target.pathOf(part.file);
  const written = await writeOut({ path, texts: body?.lines ?? chunks, kind: part.kind });
  return { file: part.file, about: part.about, ...written, as_of_seq: body?.asOfSeq ?? asOfSeq ?? asOf.as_of_seq };
}

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}

const rowsBody = z.looseObject({ as_of_seq: z.number().int() });
const rowsList = z.array(z.looseObject({}));

/** The rows of a JSON body as lines, those alone that the filters ask for. */
function rowsOf(
  { rows = "", rowTime = "" }: ExportPart,
  body: unknown,
  { filters }: Course,
): { readonly lines: readonly string[]; readonly asOfSeq: number } {
  const answer = rowsBody.parse(body);
  const wanted = rowsList.parse(answer[rows]).filter((row) => {
    const at = Date.parse(String(row[rowTime]));
    return (
      (filters.from === undefined || at >= Date.parse(filters.from)) &&
      (filters.to === undefined || at < Date.parse(filters.to)) &&
      (filters.bot === undefined || row["bot"] === undefined || row["bot"] === filters.bot)
    );
  });
  return { lines: wanted.map((row) => `${JSON.stringify(row)}\n`), asOfSeq: answer.as_of_seq };
}

const SILENCE_MS_MAX = 60_000;

interface Stream {
  readonly chunks: AsyncIterable<string>;
  /** As the headers of a stream say it. */
  readonly asOfSeq: number | undefined;
}

/** A read as a stream of text that is given up when nothing comes for a minute. */
async function askStream(hub: HubAddress, part: ExportPart, { filters, asOf }: Course) {
  const silence = new AbortController();
  const giveUp = (): void => silence.abort(new Error("the hub fell silent for a minute"));
  const timer = setTimeout(giveUp, SILENCE_MS_MAX);
  const answer = await askHub(hub, part.path, part.query(filters, asOf.as_of_seq), silence.signal);
  if (!answer.ok) {
    clearTimeout(timer);
    return answer;
  }
  const { body, headers } = answer.value;
  const seq = Number(headers.get("x-as-of-seq") ?? Number.NaN);
  const stream: Stream = {
    chunks: chunksOf(body, timer),
    asOfSeq: Number.isSafeInteger(seq) ? seq : undefined,
  };
  return ok(stream);
}

async function* chunksOf(body: Response["body"], timer: NodeJS.Timeout): AsyncGenerator<string> {
  try {
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      timer.refresh();
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}
