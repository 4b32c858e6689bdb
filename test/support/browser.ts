import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { findTool } from "./find-tool.ts";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The system's Chromium with a profile of its own, both gone after `close`. */
export interface TestBrowser {
  /** A page of its own, with all that went wrong in it: errors of scripts, of the console, of the content policy. */
  readonly open: (url: string) => Promise<{ readonly page: Page; readonly troubles: string[] }>;
  readonly context: BrowserContext;
  readonly close: () => Promise<void>;
}

/** Starts Chromium; throws where it is not installed: guard the suite with `requireTool("chromium")`. */
export async function startBrowser(): Promise<TestBrowser> {
  const executablePath = findTool("chromium");
  if (executablePath === undefined) throw new Error("chromium is not installed: guard the suite with requireTool");
  const profile = mkdtempSync(join(tmpdir(), "deskwatch-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: ARGUMENTS,
    viewport: { width: 1440, height: 900 },
  });
  return {
    context,
    open: async (url) => {
      const page = await context.newPage();
      const troubles: string[] = [];
      page.on("pageerror", (error) => troubles.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") troubles.push(message.text());
      });
      await page.goto(url);
      return { page, troubles };
    },
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
