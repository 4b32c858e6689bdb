const [ESC, BELL, CSI, END] = ["\u001b", "\u0007", "\u009b", "\u009c"];
const STRINGS = "\u0090\u0098\u009d\u009e\u009f";

/** Whole escape sequences of a terminal: colours and movements (CSI), titles and links (OSC, DCS and the like). */
const ESCAPES = new RegExp(
  [
    `(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]`,
    `(?:${ESC}[\\]PX^_]|[${STRINGS}])[^${BELL}${ESC}${END}]*(?:${BELL}|${ESC}\\\\|${END})?`,
    `${ESC}[ -/]*[0-~]?`,
  ].join("|"),
  "g",
);

const SPACES = /[\t\n\r\u2028\u2029]+/g;

/** Control and format characters, those that turn the direction of writing among them, and halves of pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** A text of a bot as one line that a terminal shows and does nothing else with. */
export const printable = (text: string): string =>
  text.replace(ESCAPES, "").replace(SPACES, " ").replace(UNPRINTABLE, "");

const ZERO_WIDTH = /^[\p{Mn}\p{Me}]$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18dff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

const charWidth = (char: string): number => (ZERO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

const ASCII = /^[ -~]*$/;

/** The columns that a printable text takes in a terminal. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** A printable text in at most `width` columns, its end replaced by "…" where it is longer. */
export function clipped(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const char of text) {
    used += charWidth(char);
    if (used > width) break;
    kept += char;
  }
  return width < 1 ? "" : `${kept}…`;
}
