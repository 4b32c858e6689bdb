/**
 * What the hub answers and streams is `unknown` until its shape was looked at. The hub checks its own answers against
 * the schemas; here only what a screen would trip over is checked, since the schemas would double the size of the page.
 */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether it is a list of objects that all hold. */
export const isList = (value: unknown, holds: (item: Fields) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => isFields(item) && holds(item));

/** Whether an object has these fields of one kind. */
export const hold = (kind: "string" | "number", ...names: readonly string[]) => {
  return (item: Fields): boolean => names.every((name) => typeof item[name] === kind);
};

/** Where the next page begins, if there is one. */
export const isCursor = (value: unknown): boolean => ["string", "undefined"].includes(typeof value);
