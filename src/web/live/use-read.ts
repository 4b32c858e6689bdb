import { useCallback, useEffect, useRef, useState } from "react";
import { HubError, read } from "./hub-api.ts";

/** What was read, or why not; both while a later read failed. */
export interface Reading<T> {
  readonly data: T | undefined;
  /** Local time (ms) at which `data` came. */
  readonly atMs: number | undefined;
  readonly trouble: string | undefined;
  /** True when the hub has no such thing (404). */
  readonly missing: boolean;
  /** True while a replay is watched that has no such thing: it is not asked. */
  readonly absent: boolean;
  readonly again: () => void;
}

interface Kept<T> {
  readonly data: T;
  readonly atMs: number;
}

/** Reads `path` when it comes on the screen and every `everyMs` from then on; undefined asks nothing. */
export function useRead<T>(path: string | undefined, is: (body: unknown) => body is T, everyMs?: number): Reading<T> {
  const [kept, setKept] = useState<Kept<T>>();
  const [failed, setFailed] = useState<HubError>();
  const askNow = useRef<() => void>(undefined);
  const again = useCallback(() => askNow.current?.(), []);
  useEffect(() => {
    if (path === undefined) return;
    let left = false;
    let [asked, answered] = [0, 0];
    /** An answer that a later question overtook is old. */
    const isNews = (question: number): boolean => {
      if (left || question < answered) return false;
      answered = question;
      return true;
    };
    const ask = async (): Promise<void> => {
      const question = ++asked;
      try {
        const data = await read(path, is);
        if (!isNews(question)) return;
        setKept({ data, atMs: Date.now() });
        setFailed(undefined);
      } catch (cause) {
        if (isNews(question)) setFailed(cause instanceof HubError ? cause : new HubError(0, String(cause)));
      }
    };
    askNow.current = () => void ask();
    void ask();
    const timer = everyMs === undefined ? undefined : setInterval(() => void ask(), everyMs);
    return () => {
      left = true;
      askNow.current = undefined;
      clearInterval(timer);
    };
  }, [path, is, everyMs]);
  return {
    data: kept?.data,
    atMs: kept?.atMs,
    trouble: failed?.message,
    missing: failed?.status === 404,
    absent: false,
    again,
  };
}
