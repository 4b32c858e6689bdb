import { Cell } from "../live/cell.ts";

/** The choices of a reader, kept in the browser. */
export type Theme = "system" | "dark" | "light";
export type Colours = "teal-red" | "red-teal" | "blue-orange";

/** What each pair of colours is called, in the order of the menu. */
export const colourNames: Record<Colours, string> = {
  "teal-red": "Green up, red down",
  "red-teal": "Red up, green down",
  "blue-orange": "Blue up, orange down",
};

const themes: readonly Theme[] = ["system", "dark", "light"];

const isTheme = (value: string | undefined): value is Theme => themes.some((theme) => theme === value);
const isColours = (value: string | undefined): value is Colours => value !== undefined && value in colourNames;

const root = document.documentElement;
const set = root.dataset["theme"];
const pair = root.dataset["colours"];

/** The chosen theme; `/theme.js` has put what was kept on the root before the first paint. */
export const themeCell = new Cell<Theme>(isTheme(set) ? set : "system");
export const coloursCell = new Cell<Colours>(isColours(pair) ? pair : "teal-red");

/** Chooses a theme and keeps the choice. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  keep("deskwatch.theme", theme);
  themeCell.set(theme);
  themeCell.notify();
}

/** Chooses the colours of up and down and keeps the choice. */
export function chooseColours(colours: Colours): void {
  root.dataset["colours"] = colours;
  keep("deskwatch.colours", colours);
  coloursCell.set(colours);
  coloursCell.notify();
}

/** From what is seen now to the other one. */
export function toggleTheme(): void {
  const light = getComputedStyle(root).colorScheme === "light";
  chooseTheme(light ? "dark" : "light");
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that forbids storage: the choice holds until the page is closed.
  }
}
