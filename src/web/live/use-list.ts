import { useCallback, useEffect, useRef, useState } from "react";
import { HubError, type ListPage } from "./hub-api.ts";

/** A list that is read page by page, newest first. */
export interface PagedList<T> {
  /** Undefined until the first page came. */
  readonly items: readonly T[] | undefined;
  readonly state: "idle" | "loading" | "ended" | "failed";
  readonly trouble: string | undefined;
  /** Loads the next older page, unless one is on its way or there is none. */
  readonly loadOlder: () => void;
  /** Reads the newest page again. */
  readonly refresh: () => void;
}

interface ListOptions<T> {
  /** Reads a page; must stay the same function for as long as the same list is meant. */
  readonly readPage: (cursor: string | undefined) => Promise<ListPage<T>>;
  readonly keyOf: (item: T) => string;
  /** How often the newest page is read again while no older one was asked for, ms. */
  readonly everyMs: number;
}

/** What a page holds in memory, at most. */
const HELD = 2_000;

/** The list that `readPage` reads: its newest page kept fresh, older ones as they are asked for. */
export function useList<T>({ readPage, keyOf, everyMs }: ListOptions<T>): PagedList<T> {
  const [items, setItems] = useState<readonly T[]>();
  const [state, setState] = useState<PagedList<T>["state"]>("idle");
  const [trouble, setTrouble] = useState<string>();
  const cursor = useRef<string>(undefined);
  const older = useRef(false);
  const busy = useRef(false);
  const load = useCallback(
    async (from: string | undefined, isLeft: () => boolean): Promise<void> => {
      if (busy.current) return;
      busy.current = true;
      try {
        const page = await readPage(from);
        if (isLeft()) return;
        cursor.current = page.cursor;
        setItems((held) => joined(from === undefined ? [] : (held ?? []), page.items, keyOf));
        setState(page.cursor === undefined ? "ended" : "idle");
        setTrouble(undefined);
      } catch (cause) {
        if (isLeft()) return;
        setState("failed");
        setTrouble(cause instanceof HubError ? cause.message : String(cause));
      } finally {
        busy.current = false;
      }
    },
    [readPage, keyOf],
  );
  const newest = useCallback(
    (isLeft: () => boolean): void => {
      if (!older.current) void load(undefined, isLeft);
    },
    [load],
  );
  useEffect(() => {
    let left = false;
    const isLeft = (): boolean => left;
    older.current = false;
    busy.current = false;
    setItems(undefined);
    newest(isLeft);
    const timer = setInterval(() => newest(isLeft), everyMs);
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [newest, everyMs]);
  const loadOlder = useCallback((): void => {
    if (cursor.current === undefined || busy.current) return;
    older.current = true;
    setState("loading");
    void load(cursor.current, never);
  }, [load]);
  const refresh = useCallback((): void => {
    older.current = false;
    newest(never);
  }, [newest]);
  return { items, state, trouble, loadOlder, refresh };
}

const never = (): boolean => false;

function joined<T>(held: readonly T[], page: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const byKey = new Map([...held, ...page].map((item) => [keyOf(item), item]));
  return [...byKey.values()].slice(-HELD);
}
