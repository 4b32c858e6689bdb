import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { startBrowser, type TestBrowser } from "../support/browser.ts";
import { type BuiltPage, buildPage } from "../support/build-page.ts";
import { type FakeHub, startFakeHub } from "../support/fake-hub/fake-hub.ts";
import { busyDesk } from "../support/fake-hub/sample-desk.ts";

/** The moment in which the sample desks are. */
export const NOW = Date.now();

/** A browser before a hub with a busy desk, both anew for every test. */
export interface PageScene {
  readonly hub: FakeHub;
  /** The page that `open` has opened. */
  readonly page: Page;
  /** What went wrong in it so far. */
  readonly troubles: readonly string[];
  readonly open: (path?: string) => Promise<void>;
}

/** Sets the scene for the tests of the suite that calls it. */
export function pageScene(): PageScene {
  let built: BuiltPage;
  let browser: TestBrowser;
  let hub: FakeHub;
  let opened: { page: Page; troubles: string[] };
  beforeAll(async () => {
    [built, browser] = await Promise.all([buildPage(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });
  beforeEach(async () => {
    hub = await startFakeHub(built.directory, busyDesk(NOW));
  });
  afterEach(async () => {
    await opened.page.close();
    await hub.close();
  });
  return {
    get hub() {
      return hub;
    },
    get page() {
      return opened.page;
    },
    get troubles() {
      return opened.troubles;
    },
    open: async (path = "/") => {
      opened = await browser.open(hub.url + path);
    },
  };
}
