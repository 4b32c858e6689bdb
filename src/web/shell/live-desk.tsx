import { createReader } from "@deskwatch/client/reader";
import { type ReactNode, useEffect, useState } from "react";
import { DeskStore, pageTopics } from "../live/desk-store.ts";
import { nextFrame } from "../live/next-frame.ts";
import { DeskContext, useCell } from "../live/use-desk.ts";
import { useAccess } from "./access.tsx";

/** After so many failures the reason may be that the session has ended. */
const FAILURES_BEFORE_ASKING = 2;

/** Keeps a live desk for what is inside of it. */
export function LiveDesk({ children }: { readonly children: ReactNode }): ReactNode {
  const { refresh } = useAccess();
  const [store] = useState(() => new DeskStore({ nowMs: Date.now, nextFrame }));
  const { failures } = useCell(store.connection);
  useEffect(() => {
    const live = createReader({ url: location.origin }).live({ topics: [...pageTopics], ...handlersOf(store) });
    return () => live.close();
  }, [store]);
  useEffect(() => {
    if (failures >= FAILURES_BEFORE_ASKING) void refresh();
  }, [failures, refresh]);
  return <DeskContext value={store}>{children}</DeskContext>;
}

const handlersOf = ({ onSnapshot, onDelta, onFact, onStatus }: DeskStore) => ({
  onSnapshot,
  onDelta,
  onFact,
  onStatus,
});
