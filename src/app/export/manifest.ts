import { z } from "zod";

/** What is exported; all that are given hold for every file that can be asked so. */
export interface ExportFilters {
  /** ISO-8601, the bot's time from here on. */
  readonly from?: string;
  /** ISO-8601, the bot's time before this. */
  readonly to?: string;
  readonly bot?: string;
  /** A mode, or `all`. */
  readonly mode: string;
}

/** Plain names only: what a manifest names may be replaced. */
const fileName = z.string().regex(/^[A-Za-z][A-Za-z_]*(?:\.[a-z]+){1,2}$/);

/** One file, as the manifest tells of it. */
export interface ExportedFile {
  readonly file: string;
  readonly about: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** The last event that the file has taken in, as the hub said. */
  readonly as_of_seq: number;
}

/** What an export says of itself: `manifest.json`, written last. */
export interface Manifest {
  readonly exported_by: "deskwatch";
  readonly version: string;
  readonly hub: string;
  readonly as_of: string;
  readonly as_of_seq: number;
  readonly filters: ExportFilters;
  readonly files: readonly ExportedFile[];
  readonly left_out: readonly { readonly what: string; readonly reason: string }[];
}

export const MANIFEST = "manifest.json";
export const README = "README.txt";

/** What an earlier export is known by, and the files that it wrote. */
export const earlierManifest = z.looseObject({
  exported_by: z.literal("deskwatch"),
  files: z.array(z.looseObject({ file: fileName })),
});

/** The page that explains an export to whoever finds it. */
export function readmeText({ version, hub, as_of, as_of_seq, files, filters, left_out }: Manifest): string {
  const asked = Object.entries(filters).map(([name, value]) => `${name} ${value}`);
  const width = Math.max(...files.map(({ file }) => file.length));
  return [
    `What the Deskwatch hub at ${hub} knew at ${as_of} (seq ${as_of_seq}), exported by version ${version}.`,
    `Asked for: ${asked.join(", ")}.`,
    "",
    ...files.map(({ file, about }) => `${file.padEnd(width)}  ${about}`),
    `${MANIFEST.padEnd(width)}  rows, bytes and SHA-256 of each file, the filters, and what was left out`,
    "",
    ...left_out.map(({ what, reason }) => `Left out: ${what}: ${reason}`),
    ...(left_out.length === 0 ? [] : [""]),
    "Samples, such as order books and ticks, are no facts and not in here: the hub keeps the newest of each.",
    "Times are ISO-8601 in UTC. Prices, sizes and fees are exact decimals. Every row says its mode: never add up over",
    "modes. Into another hub: deskwatch import events.ndjson (also .gz and .zst). No keys, passwords or sessions of",
    "people are in here.",
    "",
  ].join("\n");
}
