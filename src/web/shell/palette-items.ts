import { useNavigate } from "@tanstack/react-router";
import { bookKey } from "../../view/book-rows.ts";
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
