import { createReader } from "@deskwatch/client/reader";
import { type ReactNode, useEffect, useState } from "react";
import { DeskStore, pageTopics } from "../live/desk-store.ts";
import { isDesk, isReplay } from "../live/frames.ts";
import { readsAt } from "../live/hub-api.ts";
import { nextFrame } from "../live/next-frame.ts";
import { DeskContext, useCell } from "../live/use-desk.ts";
import { useRead } from "../live/use-read.ts";
import { useAccess } from "./access.tsx";
import { ReplayGone } from "./replay-gone.tsx";

/** After so many failures the reason may be that the session has ended. */
const FAILURES_BEFORE_ASKING = 2;
/** A demo desk fills, and then lives. */
const ABOUT_EVERY_MS = 15_000;

interface LiveDeskProps {
  /** The replay to show; the live desk when absent. Mount anew to change it. */
  readonly replay: string | undefined;
  readonly children: ReactNode;
}

/** Keeps a desk for what is inside of it: the live one, or that of a replay. */
export function LiveDesk({ replay, children }: LiveDeskProps): ReactNode {
  const { refresh } = useAccess();
  const [store] = useState(() => new DeskStore({ nowMs: Date.now, nextFrame, source: replay }));
  const { failures } = useCell(store.connection);
  const gone = useReplay(store);
  useAbout(store);
  useEffect(() => {
    if (gone) return;
    const { onSnapshot, onDelta, onFact, onStatus } = store;
    const handlers = { onSnapshot, onDelta, onFact, onStatus };
    const reader = createReader({ url: location.origin });
    const live =
      replay === undefined
        ? reader.live({ topics: [...pageTopics], ...handlers })
        : reader.live({
            topics: [...pageTopics.filter((topic) => topic !== "imports"), "replay"],
            replay,
            ...handlers,
          });
    return () => live.close();
  }, [store, replay, gone]);
  useEffect(() => {
    if (failures >= FAILURES_BEFORE_ASKING) void refresh();
  }, [failures, refresh]);
  if (gone && replay !== undefined) return <ReplayGone replay={replay} />;
  return <DeskContext value={store}>{children}</DeskContext>;
}

/** Looks whether the replay is there, at the start and whenever the stream is lost. True when it is gone. */
function useReplay(store: DeskStore): boolean {
  const { source } = store;
  const { failures } = useCell(store.connection);
  const { data, missing, again } = useRead(source === undefined ? undefined : readsAt(source), isReplay);
  useEffect(() => {
    if (data !== undefined) store.onDelta("replay", data);
  }, [store, data]);
  useEffect(() => {
    if (failures > 0) again();
  }, [failures, again]);
  return missing;
}

function useAbout(store: DeskStore): void {
  const { data } = useRead("/api/v1/desk", isDesk, ABOUT_EVERY_MS);
  useEffect(() => {
    store.about.set(data);
    store.about.notify();
  }, [store, data]);
}
