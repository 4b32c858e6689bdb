const AGAIN_MS = 3_000;

/** Loads a part of the page, and tries again for as long as the hub that has it is away: the rest of the page stands. */
export async function loaded<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch {
      // The hub is away, which the page says where everyone can see it.
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
