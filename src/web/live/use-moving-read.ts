import { useCallback, useEffect, useRef, useState } from "react";
import { useDeskNowMs } from "./use-desk.ts";
import { type Reading, useRead } from "./use-read.ts";

interface MovingRead<T> {
  /** What to read when it is `nowMs` on the desk; undefined for nothing. */
  readonly pathAt: (nowMs: number) => string | undefined;
  readonly is: (body: unknown) => body is T;
  /** How often it is read anew, ms; only by `again` when absent. */
  readonly everyMs?: number;
}

/** Reads something whose address moves on with the desk's time. Mount anew, or call `again`, to ask for something else. */
export function useMovingRead<T>({ pathAt, is, everyMs }: MovingRead<T>): Reading<T> {
  const latest = useRef({ pathAt, nowMs: 0 });
  latest.current = { pathAt, nowMs: useDeskNowMs() };
  const [path, setPath] = useState(() => latest.current.pathAt(latest.current.nowMs));
  const reading = useRead(path, is);
  const readAgain = reading.again;
  const again = useCallback(() => {
    const { pathAt: wanted, nowMs } = latest.current;
    setPath(wanted(nowMs));
    readAgain();
  }, [readAgain]);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(again, everyMs);
    return () => clearInterval(timer);
  }, [again, everyMs]);
  return { ...reading, again };
}
