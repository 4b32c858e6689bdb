/** What the hub takes of an error's message, in characters; here in UTF-16 units, which are never fewer. */
const MESSAGE_MAX = 4096;
/** Of a message that is too long so much stays on either side; between them stands how much is missing. */
const SIDE = 2020;
const HALF_AT_END = /[\uD800-\uDBFF]$/;
const HALF_AT_START = /^[\uDC00-\uDFFF]/;

/** The message; of one that is longer than the hub takes, such as a trace of many calls, its beginning and its end. */
export function shortMessage(message: string): string {
  // A bot in JavaScript hands in anything.
  if (typeof message !== "string" || message.length <= MESSAGE_MAX) return message;
  const start = message.slice(0, SIDE).replace(HALF_AT_END, "");
  const end = message.slice(-SIDE).replace(HALF_AT_START, "");
  return `${start}\n[${message.length - start.length - end.length} characters left out]\n${end}`;
}
