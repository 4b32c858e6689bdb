import { useEffect, useRef } from "react";
import { type Page, pages } from "./pages.ts";

/** What keys do. */
export interface KeyActions {
  readonly go: (page: Page) => void;
  readonly openPalette: () => void;
  readonly openHelp: () => void;
  readonly toggleTheme: () => void;
  readonly togglePause: () => void;
  /** Asks whether everything is to be halted. */
  readonly haltAll: () => void;
  /** Asked first about every key that is no jump; true when it has done what the key means. */
  readonly transport: (key: string) => boolean;
}

/** The keys as the help shows them. */
export const keyHelp = [
  ["⌘ K, Ctrl K or /", "find a page, a bot or an action"],
  ["g, then a letter", "go to a page (the letters are in the navigation)"],
  ["j  k", "next and previous row"],
  ["Enter", "open the row"],
  ["H", "halt everything (asks first)"],
  ["p", "pause the stream, and go on"],
  ["t", "dark or light"],
  ["?", "this help"],
  ["Esc", "close"],
] as const;

/** The keys of a replay. */
export const replayKeyHelp = [
  ["Space or p", "play and pause"],
  [".", "one event further"],
  ["[  ]", "slower and faster"],
  ["← →, Page keys, Home, End", "move in time, on the timeline"],
] as const;

/** How long `g` waits for its letter. */
const JUMP_WAIT_MS = 1200;

/** Listens to the keys of the whole page, while no field and no dialog has them. */
export function useKeyboard(actions: KeyActions): void {
  const latest = useRef(actions);
  const jumpUntilMs = useRef(0);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey) return;
      const key = meaning(event, jumpUntilMs.current);
      jumpUntilMs.current = key.kind === "prefix" ? event.timeStamp + JUMP_WAIT_MS : 0;
      if (done(key, latest.current)) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

type Meaning =
  | { readonly kind: "none" | "prefix" | "palette" }
  | { readonly kind: "jump"; readonly page: Page }
  | { readonly kind: "key"; readonly key: string };

function meaning(event: KeyboardEvent, jumpUntilMs: number): Meaning {
  const commanded = event.metaKey || event.ctrlKey;
  if (commanded && event.key.toLowerCase() === "k") return { kind: "palette" };
  if (commanded || isBusy(event.target)) return { kind: "none" };
  if (jumpUntilMs > event.timeStamp) {
    const page = pages.find(({ letter }) => letter === event.key);
    return page === undefined ? { kind: "none" } : { kind: "jump", page };
  }
  return event.key === "g" ? { kind: "prefix" } : { kind: "key", key: event.key };
}

function done(key: Meaning, actions: KeyActions): boolean {
  if (key.kind === "key") return (!isPressed(key.key) && actions.transport(key.key)) || pressed(key.key, actions);
  if (key.kind === "palette") actions.openPalette();
  if (key.kind === "jump") actions.go(key.page);
  return key.kind === "palette" || key.kind === "jump";
}

/** Space presses what has the focus. */
const isPressed = (key: string): boolean =>
  key === " " && document.activeElement?.closest("button, a, summary, [role=tab]") !== null;

function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open], :popover-open") !== null) return true;
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function pressed(key: string, actions: KeyActions): boolean {
  switch (key) {
    case "/":
      actions.openPalette();
      return true;
    case "?":
      actions.openHelp();
      return true;
    case "t":
      actions.toggleTheme();
      return true;
    case "H":
      actions.haltAll();
      return true;
    case "p":
      actions.togglePause();
      return true;
    case "j":
      return focusRow(1);
    case "k":
      return focusRow(-1);
    case "Enter":
      return openRow();
    default:
      return false;
  }
}

function focusRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")];
  const current = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[current < 0 ? (step === 1 ? 0 : rows.length - 1) : current + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}

/** Opens the link of the row that has the focus; false when it has none, or when a link or button has the focus itself. */
function openRow(): boolean {
  const row = document.activeElement;
  if (!(row instanceof HTMLElement) || !row.hasAttribute("data-row")) return false;
  const link = row.querySelector<HTMLElement>("a, summary");
  link?.click();
  return link !== null;
}
