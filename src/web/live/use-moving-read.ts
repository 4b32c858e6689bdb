import { useCallback, useEffect, useRef, useState } from "react";
import { HubError, read } from "./hub-api.ts";
import { useDeskNowMs } from "./use-desk.ts";
import type { Reading } from "./use-read.ts";

/** What is read, and how often. */
export interface MovingRead<T> {
  /** What to read when it is `nowMs` on the desk; undefined for nothing. */
  readonly pathAt: (nowMs: number) => string | undefined;
  readonly is: (body: unknown) => body is T;
  /** How long after an answer it is read anew, ms; only by `again` when absent. */
  readonly everyMs?: number;
}

/** What could not be read is tried again so soon, ms. */
const RETRY_MS = 5_000;
/** The hub makes some reads one at a time, and refuses what would have to wait too long: that is no trouble for a while. */
const BUSY = 429;
const BUSY_TRIES = 5;

interface State<T> {
  readonly kept?: { readonly data: T; readonly atMs: number };
  readonly failed?: HubError | undefined;
}

/**
 * Reads something whose address moves on with the desk's time. However slow the hub is, one read has its answer before
 * the next begins; what failed is tried again by itself. Mount anew, or call `again`, to ask for something else.
 */
export function useMovingRead<T>({ pathAt, is, everyMs }: MovingRead<T>): Reading<T> {
  const latest = useRef({ pathAt, nowMs: 0 });
  latest.current = { pathAt, nowMs: useDeskNowMs() };
  const [state, setState] = useState<State<T>>({});
  const askNow = useRef<() => void>(undefined);
  const again = useCallback(() => askNow.current?.(), []);
  useEffect(() => {
    let left = false;
    let busy = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      clearTimeout(timer);
      const told = await tell(latest.current.pathAt(latest.current.nowMs), is);
      if (left) return;
      busy = told.failed?.status === BUSY ? busy + 1 : 0;
      if (busy === 0 || busy > BUSY_TRIES) setState((before) => ({ ...before, failed: undefined, ...told }));
      const nextMs = waitAfter(told, everyMs);
      if (nextMs !== undefined) timer = setTimeout(askAfter, nextMs);
    };
    let asked = ask();
    const askAfter = (): void => {
      asked = asked.then(ask);
    };
    askNow.current = askAfter;
    return () => {
      left = true;
      askNow.current = undefined;
      clearTimeout(timer);
    };
  }, [is, everyMs]);
  const { kept, failed } = state;
  return {
    data: kept?.data,
    atMs: kept?.atMs,
    trouble: failed?.message,
    missing: failed?.status === 404,
    absent: false,
    again,
  };
}

/** How long after a read the next one begins, ms; undefined for never. */
const waitAfter = ({ failed }: State<unknown>, everyMs: number | undefined): number | undefined =>
  failed === undefined ? everyMs : Math.min(everyMs ?? RETRY_MS, RETRY_MS);

/** What a read brought: something, nothing, or why not. */
async function tell<T>(path: string | undefined, is: (body: unknown) => body is T): Promise<State<T>> {
  if (path === undefined) return {};
  try {
    return { kept: { data: await read(path, is), atMs: Date.now() } };
  } catch (cause) {
    return { failed: cause instanceof HubError ? cause : new HubError(0, String(cause)) };
  }
}
