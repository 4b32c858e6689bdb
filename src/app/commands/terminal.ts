import type { Tone } from "../../view/shown.ts";
import type { Paint } from "../../view/text-table.ts";
import type { CommandIo } from "./command-io.ts";

/** How a command prints for people: how wide, and in which colours. */
export interface Terminal {
  /** Columns; `Infinity` where nobody's screen ends, such as in a file or a pipe. */
  readonly width: number;
  readonly paint: Paint;
}

/** The colours follow the terminal's own; the words and signs say the same without them. */
const CODES: Record<Tone, number | undefined> = {
  neutral: undefined,
  muted: 2,
  up: 32,
  down: 31,
  ok: 32,
  stale: 33,
  bad: 31,
  paper: 35,
  demo: 34,
};

const bare: Paint = (text) => text;
const coloured: Paint = (text, tone) => (CODES[tone] === undefined ? text : `\u001b[${CODES[tone]}m${text}\u001b[0m`);

const WIDTH_USUAL = 80;

/** Colours on a terminal only, and not where `NO_COLOR` or a dumb terminal asks for none. */
export function terminalOf({ stdout, environment }: CommandIo): Terminal {
  if (stdout.isTTY !== true) return { width: Number.POSITIVE_INFINITY, paint: bare };
  const plain = (environment["NO_COLOR"] ?? "") !== "" || environment["TERM"] === "dumb";
  return { width: stdout.columns ?? WIDTH_USUAL, paint: plain ? bare : coloured };
}
