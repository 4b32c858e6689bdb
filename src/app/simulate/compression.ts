import { type Compression, ENDINGS } from "../export/out-file.ts";

/** How a file of this name is compressed; undefined for a plain one. */
export function compressionOf(path: string): Compression | undefined {
  if (path.endsWith(ENDINGS.gzip)) return "gzip";
  return path.endsWith(ENDINGS.zstd) ? "zstd" : undefined;
}
