import { useCallback, useRef, useState } from "react";
import type { FillView } from "../../protocol/api.ts";
import { newestFills, withOlderPage } from "../../view/newest-fills.ts";
import { FILLS_HELD } from "../live/desk-store.ts";
import { HubError, readFills } from "../live/hub-api.ts";

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

/** Older fills than those in memory, page by page; never more than 500 held. */
export function useFillHistory(live: readonly FillView[]): FillHistory {
  const [past, setPast] = useState<Past>();
  const [state, setState] = useState<FillHistory["state"]>("idle");
  const [trouble, setTrouble] = useState<string>();
  const loading = useRef(false);
  const loadOlder = useCallback(async (): Promise<void> => {
    if (loading.current || state === "ended") return;
    loading.current = true;
    setState("loading");
    try {
      const next = await olderPast(past, live);
      if (next.cursor !== undefined || past !== undefined) setPast(next);
      setState(next.cursor === undefined ? "ended" : "idle");
      setTrouble(undefined);
    } catch (cause) {
      setState("failed");
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
    } finally {
      loading.current = false;
    }
  }, [past, state, live]);
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

/** The first read takes all that may be held: its end has a cursor, the end of what came live has none. */
async function olderPast(past: Past | undefined, live: readonly FillView[]): Promise<Past> {
  if (past === undefined) {
    const { fills, cursor } = await readFills(FILLS_HELD, undefined);
    return { fills: newestFills(live, fills, FILLS_HELD), cursor };
  }
  const { fills, cursor } = await readFills(PAGE, past.cursor);
  return { fills: withOlderPage(past.fills, fills, FILLS_HELD).fills, cursor };
}
