const LEVELS_SHOWN = 8;

/**
 * A value as JSON for people to look at: it ends after about `max` characters and shows "…" for what lies deeper than 8
 * levels. Unlike `JSON.stringify` it never fails, and costs little, however deep or large the value is.
 */
export function briefJson(value: unknown, max: number): string {
  return written(value, max, LEVELS_SHOWN).slice(0, max);
}

function written(value: unknown, max: number, levels: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, max));
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? typeof value;
  if (levels === 0) return "…";
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  let text = `${open}`;
  for (const [name, item] of Object.entries(value)) {
    if (text.length > max) return text;
    const label = Array.isArray(value) ? "" : `${JSON.stringify(name.slice(0, max))}:`;
    text += `${text.length > 1 ? "," : ""}${label}${written(item, max - text.length, levels - 1)}`;
  }
  return text + close;
}
