import { createReader } from "@deskwatch/client/reader";
import { useEffect } from "react";
import type { ScreenTopic } from "./desk-store.ts";
import { useDesk } from "./use-desk.ts";

/** Listens to `topics` on a line of its own for as long as the screen that asks shows them. */
export function useTopics(topics: readonly ScreenTopic[]): void {
  const desk = useDesk();
  const key = topics.join("\n");
  useEffect(() => {
    const wanted = key.split("\n").filter(isScreenTopic);
    if (wanted.length === 0) return;
    const { onSnapshot, onDelta, onFact, source } = desk;
    let isOpening = true;
    let isLeft = false;
    const live = createReader({ url: location.origin }).live({
      topics: wanted,
      // A line that is cut while it opens is an error in the browser's console: it is closed once it is open, or failed.
      onStatus: (status) => {
        if (status === "connecting") return;
        isOpening = false;
        if (isLeft) live.close();
      },
      onSnapshot,
      onDelta,
      onFact,
      ...(source === undefined ? {} : { replay: source }),
    });
    return () => {
      isLeft = true;
      if (!isOpening) live.close();
      desk.forget(wanted);
    };
  }, [desk, key]);
}

const isScreenTopic = (topic: string): topic is ScreenTopic => topic === "orderbooks" || topic.startsWith("books:");
