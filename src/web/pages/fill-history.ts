import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { FillView } from "../../protocol/api.ts";
import { newestFills, withOlderPage } from "../../view/newest-fills.ts";
import { isEverything, matchesFilter, type TradeFilter } from "../../view/trade-filter.ts";
import { FILLS_HELD } from "../live/desk-store.ts";
import { HubError, readFills, readsAt } from "../live/hub-api.ts";
import { useDesk } from "../live/use-desk.ts";

/** The fills on the page: those that come live, or, for who scrolls down, a stretch of the past. */
export interface FillHistory {
  readonly fills: readonly FillView[];
  /** True while the newest fills were let go, or are not followed, to make room for older ones. */
  readonly past: boolean;
  readonly state: "idle" | "loading" | "ended" | "failed";
  readonly trouble: string | undefined;
  /** Loads the next older page, unless one is on its way or there is none. */
  readonly loadOlder: () => void;
  /** Back to the newest, followed live. */
  readonly follow: () => void;
}

const PAGE = 100;

interface Past {
  readonly fills: readonly FillView[];
  readonly cursor: string | undefined;
}

/**
 * Older fills than those in memory, page by page; never more than 500 held. With a filter the newest page is read at
 * once, and what comes live and fits goes into its place there. Mount anew for another filter.
 */
export function useFillHistory(all: readonly FillView[], filter: TradeFilter): FillHistory {
  const base = readsAt(useDesk().source);
  const narrowed = !isEverything(filter);
  const live = useMemo(
    () => (narrowed ? all.filter((fill) => matchesFilter(fill, filter)) : all),
    [all, filter, narrowed],
  );
  const first = useFirstPage(narrowed, base, filter);
  const newest = useMemo(() => newestFills(first.fills, live, FILLS_HELD), [first.fills, live]);
  const older = useOlder(newest, base, filter);
  if (older.past) return older;
  return first.state === "idle"
    ? older
    : { ...older, state: first.state, trouble: first.trouble, loadOlder: first.again };
}

interface FirstPage {
  readonly fills: readonly FillView[];
  readonly state: FillHistory["state"];
  readonly trouble: string | undefined;
  readonly again: () => void;
}

const nothing: readonly FillView[] = [];

function useFirstPage(narrowed: boolean, base: string, filter: TradeFilter): FirstPage {
  const [fills, setFills] = useState(nothing);
  const [state, setState] = useState<FillHistory["state"]>(narrowed ? "loading" : "idle");
  const [trouble, setTrouble] = useState<string>();
  const again = useCallback((): void => {
    setState("loading");
    readFills({ base, filter, limit: PAGE, cursor: undefined })
      .then(({ items }) => {
        setFills(items);
        setState("idle");
      })
      .catch((cause: unknown) => {
        setState("failed");
        setTrouble(cause instanceof HubError ? cause.message : String(cause));
      });
  }, [base, filter]);
  useEffect(() => {
    if (narrowed) again();
  }, [narrowed, again]);
  return { fills, state, trouble, again };
}

function useOlder(live: readonly FillView[], base: string, filter: TradeFilter): FillHistory {
  const [past, setPast] = useState<Past>();
  const [state, setState] = useState<FillHistory["state"]>("idle");
  const [trouble, setTrouble] = useState<string>();
  const loading = useRef(false);
  const loadOlder = useCallback(async (): Promise<void> => {
    if (loading.current || state === "ended") return;
    loading.current = true;
    setState("loading");
    try {
      const next = await olderPast({ past, live, base, filter });
      if (next.cursor !== undefined || past !== undefined) setPast(next);
      setState(next.cursor === undefined ? "ended" : "idle");
      setTrouble(undefined);
    } catch (cause) {
      setState("failed");
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
    } finally {
      loading.current = false;
    }
  }, [past, state, live, base, filter]);
  const follow = useCallback(() => {
    setPast(undefined);
    setState("idle");
  }, []);
  return {
    fills: past?.fills ?? live,
    past: past !== undefined,
    state,
    trouble,
    loadOlder: () => void loadOlder(),
    follow,
  };
}

interface OlderWanted {
  readonly past: Past | undefined;
  readonly live: readonly FillView[];
  readonly base: string;
  readonly filter: TradeFilter;
}

/** The first read takes all that may be held: its end has a cursor, the end of what came live has none. */
async function olderPast({ past, live, base, filter }: OlderWanted): Promise<Past> {
  if (past === undefined) {
    const { items, cursor } = await readFills({ base, filter, limit: FILLS_HELD, cursor: undefined });
    return { fills: withOlderPage(live, items, FILLS_HELD).fills, cursor };
  }
  const { items, cursor } = await readFills({ base, filter, limit: PAGE, cursor: past.cursor });
  return { fills: withOlderPage(past.fills, items, FILLS_HELD).fills, cursor };
}
