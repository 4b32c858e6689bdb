import { useNavigate } from "@tanstack/react-router";
import { bookKey } from "../../view/book-rows.ts";
import { CONTROL_ACTIONS, targetWords } from "../../view/control-words.ts";
import type { ControlTarget } from "../../protocol/api-control.ts";
import { type Controls, useControls } from "../live/use-controls.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import type { PaletteItem } from "./palette.tsx";
import { pages } from "./pages.ts";
import { chooseColours, colourNames, type Colours, toggleTheme } from "./settings.ts";

const pairs: readonly Colours[] = ["teal-red", "red-teal", "blue-orange"];
const MARKETS_MAX = 500;

/** All that the palette finds: pages, bots, markets, and what can be done. */
export function usePaletteItems(openHelp: () => void): PaletteItem[] {
  const desk = useDesk();
  const bots = useCell(desk.bots);
  const paused = useCell(desk.paused);
  const markets = useMarkets();
  const navigate = useNavigate();
  return [
    ...pages.map(({ to, label, letter }) => ({ label, keys: `g ${letter}`, act: () => void navigate({ to }) })),
    ...(bots ?? []).map(({ data: { bot } }) => ({
      label: `Bot ${bot}`,
      act: () => void navigate({ to: "/bots/$bot", params: { bot } }),
    })),
    ...useControlItems(),
    ...markets.map((market) => ({
      label: `Market ${market.symbol} on ${market.venue}`,
      act: () => void navigate({ to: "/markets", search: { book: bookKey(market) } }),
    })),
    { label: paused ? "Go on with the stream" : "Pause the stream", keys: "p", act: () => desk.setPaused(!paused) },
    { label: "Dark or light", keys: "t", act: toggleTheme },
    ...pairs.map((pair) => ({ label: `Colours: ${colourNames[pair]}`, act: () => chooseColours(pair) })),
    { label: "Keys and signs", keys: "?", act: openHelp },
  ];
}

const CONTROLLED_MAX = 500;

/** Every action on everything, and on each venue, strategy and bot; none where nobody may act. */
function useControlItems(): PaletteItem[] {
  const { ask, refusal } = useControls();
  const data = useCell(useDesk().controls);
  if (refusal !== undefined) return [];
  const targets: ControlTarget[] = [
    { all: true },
    ...(data?.venues ?? []).map(({ venue }) => ({ venue })),
    ...(data?.strategies ?? []).map(({ strategy }) => ({ strategy })),
    ...(data?.bots ?? []).map(({ bot }) => ({ bot })),
  ];
  return targets.slice(0, CONTROLLED_MAX).flatMap((target) => controlItems(target, ask));
}

const controlItems = (target: ControlTarget, ask: Controls["ask"]): PaletteItem[] =>
  CONTROL_ACTIONS.map(({ action, label }) => ({
    label: `${label} ${"bot" in target ? "bot " : ""}${targetWords(target)}…`,
    ...("all" in target && action === "halt" ? { keys: "H" } : {}),
    act: () => ask({ action, target }),
  }));

interface Market {
  readonly venue: string;
  readonly symbol: string;
}

/** The markets that the desk speaks of: what it holds, what it traded last, and the books while they are listened to. */
function useMarkets(): Market[] {
  const desk = useDesk();
  const positions = useCell(desk.positions)?.data.positions ?? [];
  const fills = useCell(desk.fills) ?? [];
  const books = (useCell(desk.orderbooks) ?? []).map(({ data }) => data);
  const markets = new Map<string, Market>();
  for (const { venue, symbol } of [...positions, ...books, ...fills]) {
    if (venue === undefined || symbol === undefined || markets.size >= MARKETS_MAX) continue;
    markets.set(bookKey({ venue, symbol }), { venue, symbol });
  }
  return [...markets.values()];
}
