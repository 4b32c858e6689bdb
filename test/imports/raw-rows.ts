import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { z } from "zod";

/** The rows of a CSV recording by column, read by a pattern of its own, so that totals do not come from our reader. */
export function rawRows(path: string): Record<string, string>[] {
  const [header = "", ...lines] = rawText(path).trim().split(/\r?\n/);
  const names = header.split(",");
  return lines.map((line) => {
    const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
      ([, quoted, plain]) => quoted ?? plain,
    );
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""]));
  });
}

/** A recording's text, also of a gzip file. */
export function rawText(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

const texts = z.looseObject({ price: z.string(), size: z.string() });

/** Σ price × size of stored fills, as doubles: near enough to tell a wrong total. */
export const volumeOf = (fills: readonly unknown[]): number =>
  fills.reduce<number>((sum, fill) => {
    const { price, size } = texts.parse(fill);
    return sum + Number(price) * Number(size);
  }, 0);

export const sumOf = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => sum + Number(value), 0);
