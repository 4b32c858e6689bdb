const AGAIN_MS = 3_000;

/** Loads a part of the page, and tries again for as long as the hub that has it is away: the rest of the page stands. */
export async function loaded<T>(load: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await (tries === 0 ? load() : loadedAnew(load, tries));
    } catch {
      // The hub is away, which the page says where everyone can see it.
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** Of the function that loads a module: where that is, beside the modules of the page. */
const IMPORTED = /\bimport\(\s*["'`]([^"'`]+)["'`]/;

/** A browser may remember for as long as the page lives that a module did not come: it is asked for by another address. */
function loadedAnew<T>(load: () => Promise<T>, tries: number): Promise<T> {
  const path = IMPORTED.exec(load.toString())?.[1];
  if (path === undefined) return load();
  const address = new URL(path, import.meta.url);
  address.searchParams.set("again", String(tries));
  return import(/* @vite-ignore */ address.href) as Promise<T>;
}
