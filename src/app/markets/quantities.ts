const BYTES: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Bytes written as `500MB`, `10GB` or `1000`; undefined when it is none. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([kmgt]?)b?$/i.exec(text.trim()) ?? [];
  const factor = BYTES[(unit ?? "").toLowerCase()];
  return number === undefined || factor === undefined ? undefined : Math.round(Number(number) * factor);
}

/** Milliseconds written as `500ms`, `5s`, `1m`, `2h` or `1d`; undefined when it is none. */
export function durationMsOf(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const factor = MILLISECONDS[unit ?? ""];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** Bytes for a reader: `12.3 MB`. */
export function bytesText(bytes: number): string {
  const step = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const unit = ["bytes", "KB", "MB", "GB", "TB"][step] ?? "bytes";
  return step === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** step).toFixed(1)} ${unit}`;
}
