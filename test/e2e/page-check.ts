import type { Page } from "playwright-core";

/** What is wrong with how a page is built for those who cannot see or point, or with how it fits; empty when nothing is. */
export async function pageFaults(page: Page): Promise<string[]> {
  const [structure, names, fit, inks] = await Promise.all([
    page.evaluate(structureFaults),
    page.evaluate(unnamed),
    page.evaluate(fitFaults),
    page.evaluate(inksOnGrounds),
  ]);
  const faint = inks
    .map((each) => ({ ...each, ratio: contrast(each.ink, each.ground) }))
    .filter(({ ratio }) => ratio < CONTRAST_LEAST);
  return [...structure, ...names, ...fit, ...faint.map(({ ratio, html }) => `contrast ${ratio.toFixed(2)}: ${html}`)];
}

/** WCAG 2, level AA, for text of any size. */
const CONTRAST_LEAST = 4.5;

function contrast(ink: readonly number[], ground: readonly number[]): number {
  const [a, b] = [luminance(ink), luminance(ground)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// The functions below run in the browser: they may use nothing from outside of themselves.

function structureFaults(): string[] {
  const count = (selector: string): number => document.querySelectorAll(selector).length;
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const strayRows = [...document.querySelectorAll("[role=row]")].filter((row) => row.closest("[role=table]") === null);
  return [
    ...(count("h1") === 1 ? [] : [`${count("h1")} headings of the first rank`]),
    ...(count("main") === 1 ? [] : ["not exactly one main landmark"]),
    ...twice.map((id) => `id twice: ${id}`),
    ...strayRows.map((row) => `row outside of a table: ${row.outerHTML.slice(0, 120)}`),
  ];
}

function unnamed(): string[] {
  const labels = (element: Element): string =>
    element instanceof HTMLInputElement ? [...(element.labels ?? [])].map((label) => label.textContent).join("") : "";
  return [...document.querySelectorAll("button, a[href], input, [role=img], table, [role=table]")]
    .filter(
      (element) => `${element.getAttribute("aria-label") ?? ""}${element.textContent}${labels(element)}`.trim() === "",
    )
    .map((element) => `no name: ${element.outerHTML.slice(0, 120)}`);
}

function fitFaults(): string[] {
  const main = document.querySelector("main");
  const whole = [".fill-fee", ...(innerWidth < 600 ? ["td.card-title", ".grid-row > .cell-title"] : [])].join();
  const cut = [...document.querySelectorAll(whole)].filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
  return [
    ...cut.map(({ textContent }) => `cut: ${textContent}`),
    ...(document.documentElement.scrollWidth > innerWidth ? ["the page is wider than the window"] : []),
    ...(main !== null && main.scrollWidth > main.clientWidth ? ["the content is wider than its frame"] : []),
  ];
}

interface Ink {
  readonly html: string;
  readonly ink: readonly number[];
  readonly ground: readonly number[];
}

function inksOnGrounds(): Ink[] {
  const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const painted = (colours: readonly string[]): number[] => {
    if (brush === null) throw new Error("no canvas");
    for (const colour of colours) {
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
    }
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const below = (element: Element | null): string[] =>
    element === null ? [] : [...below(element.parentElement), getComputedStyle(element).backgroundColor];
  const inks = new Map<string, Ink>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) => {
    const element = node.parentElement;
    const shown = element?.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) === true;
    const exempt = element?.closest(".sr-only, noscript, .opacity-60") !== null;
    return shown && !exempt && node.textContent?.trim() !== "" ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT;
  });
  while (walker.nextNode() !== null) {
    const element = walker.currentNode.parentElement;
    if (element === null) continue;
    const { color } = getComputedStyle(element);
    const grounds = below(element);
    const key = [color, ...grounds].join();
    if (inks.has(key)) continue;
    inks.set(key, {
      html: element.outerHTML.slice(0, 120),
      ink: painted([...grounds, color]),
      ground: painted(grounds),
    });
  }
  return [...inks.values()];
}
