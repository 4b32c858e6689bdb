import { createContext, useContext, useSyncExternalStore } from "react";
import { Cell } from "./cell.ts";
import type { DeskStore } from "./desk-store.ts";

/** The store of the page. */
export const DeskContext = createContext<DeskStore | undefined>(undefined);

/** The store of the page; throws outside of its provider. */
export function useDesk(): DeskStore {
  const store = useContext(DeskContext);
  if (store === undefined) throw new Error("useDesk needs a DeskContext above it");
  return store;
}

/** The value of a cell; renders again when it changes. */
export const useCell = <T>(cell: Cell<T>): T => useSyncExternalStore(cell.watch, cell.get);

const SECOND_MS = 1000;
const now = new Cell(Date.now());
let watching = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function watchNow(watcher: () => void): () => void {
  if (watching++ === 0) {
    now.set(Date.now());
    timer = setInterval(() => {
      now.set(Date.now());
      now.notify();
    }, SECOND_MS);
  }
  const stop = now.watch(watcher);
  return () => {
    stop();
    if (--watching === 0) clearInterval(timer);
  };
}

/** The local time in ms; renders again every second. */
export const useNowMs = (): number => useSyncExternalStore(watchNow, now.get);

/** The desk's time in ms: the local time, or the clock of the replay that is watched. */
export function useDeskNowMs(): number {
  const desk = useDesk();
  const local = useNowMs();
  const replay = useCell(desk.replay);
  if (desk.source === undefined) return local;
  const at = replay?.at == null ? Number.NaN : Date.parse(replay.at);
  return Number.isNaN(at) ? local : at;
}

/** Seconds since `atMs`, never below zero; renders again every second. In a replay time stands still between frames. */
export function useElapsedS(atMs: number): number {
  const nowMs = useNowMs();
  return useDesk().source === undefined ? Math.max(0, (nowMs - atMs) / SECOND_MS) : 0;
}
