import type { Micros } from "../../base/time.ts";

/** What a bot said when it began, or what somebody noted of it. */
export interface Boundary {
  readonly at: Micros;
  /** `bot.started`: as far as it names them. */
  readonly version?: string | undefined;
  readonly configHash?: string | undefined;
  /** Title of an annotation. */
  readonly annotation?: string | undefined;
}

/** A time in which a bot ran one version with one configuration, between annotations. */
export interface RunSpan {
  readonly label: string;
  readonly from: Micros;
  /** Undefined while it goes on. */
  readonly to: Micros | undefined;
  readonly version: string | undefined;
  readonly configHash: string | undefined;
  readonly annotation: string | undefined;
}

/**
 * The spans that starts and annotations part a bot's life into, oldest first. A start with the same version and
 * configuration goes on with the span; an annotation always begins a new one.
 */
export function runSpans(boundaries: readonly Boundary[]): RunSpan[] {
  const spans: RunSpan[] = [];
  const labels = new Map<string, number>();
  let [version, configHash]: [string | undefined, string | undefined] = [undefined, undefined];
  for (const { at, annotation, ...started } of boundaries.toSorted((a, b) => a.at - b.at)) {
    if (annotation === undefined) {
      if (spans.length > 0 && started.version === version && started.configHash === configHash) continue;
      ({ version, configHash } = started);
    }
    const before = spans.at(-1);
    if (before !== undefined) spans[spans.length - 1] = { ...before, to: at };
    const name = annotation ?? nameOf(version, configHash);
    const times = (labels.get(name) ?? 0) + 1;
    labels.set(name, times);
    spans.push({
      label: times === 1 ? name : `${name} #${times}`,
      from: at,
      to: undefined,
      version,
      configHash,
      annotation,
    });
  }
  return spans.filter(({ from, to }) => to === undefined || to > from);
}

/** Enough of a hash to tell it from others. */
const HASH_SHOWN = 12;

const nameOf = (version: string | undefined, configHash: string | undefined): string =>
  [version ?? "no version", ...(configHash === undefined ? [] : [configHash.slice(0, HASH_SHOWN)])].join(" ");
