/** What the events of the log are narrowed to; all that is given must hold. */
export interface EventFilter {
  readonly type?: string | undefined;
  readonly bot?: string | undefined;
  readonly mode?: string | undefined;
  /** Of the events that tell of a command. */
  readonly command_id?: string | undefined;
  /** ISO-8601, by the bot's time. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const fields = ["type", "bot", "mode", "command_id", "from", "to"] as const satisfies readonly (keyof EventFilter)[];

/** What of an address is such a filter. */
export const eventFilter = (search: Readonly<Record<string, unknown>>): EventFilter =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const value = search[field];
      const text = typeof value === "number" ? String(value) : value;
      return typeof text === "string" && text.trim() !== "" ? [[field, text.trim()]] : [];
    }),
  );

/** The filter as the names and values of a query string. */
export const eventQuery = (filter: EventFilter): Record<string, string> =>
  Object.fromEntries(fields.flatMap((field) => (filter[field] === undefined ? [] : [[field, filter[field]]])));
