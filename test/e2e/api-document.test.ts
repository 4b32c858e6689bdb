import { join } from "node:path";
import { pino } from "pino";
import { chromium } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock, systemTimers } from "../../src/app/clock.ts";
import { createServer } from "../../src/http/server.ts";
import { startHub } from "../../src/hub/hub.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { findTool } from "../support/find-tool.ts";
import { newDataDir } from "../support/guarded-hub.ts";
import { requireTool } from "../support/tools.ts";

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly requestBody?: object;
  readonly responses: Record<string, unknown>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

/** The real hub on a free port, without the page. */
async function startServer() {
  const dataDir = newDataDir();
  const store = await openSqliteStore({ dataDir, clock: systemClock });
  const problems: unknown[] = [];
  const hub = await startHub({
    store,
    clock: systemClock,
    timers: systemTimers,
    version: "0.1.0",
    onProblem: (...problem) => problems.push(problem),
  });
  const { app } = await createServer({
    hub,
    clock: systemClock,
    version: "0.1.0",
    metrics: { contentType: "text/plain", text: async () => "" },
    logger: pino({ level: "silent" }),
    webDir: join(dataDir, "no-page"),
    access: { keys: store.keys, dataDir, host: "127.0.0.1" },
  });
  onTestFinished(async () => {
    await app.close();
    await hub.stop();
    await store.close();
    expect(problems).toEqual([]);
  });
  return { app, url: await app.listen({ host: "127.0.0.1", port: 0 }) };
}

async function documentOf(url: string): Promise<Document> {
  const answer = await fetch(`${url}/openapi.json`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Document;
}

const NAMED = /^\/(?:api\/|healthz$|readyz$|metrics$)/;

/** Every route of an API as `METHOD /path/{parameter}`, from the tree that Fastify prints. */
function routesOf(tree: string): string[] {
  const above: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const match = /^([│├└─ ]*)(\S+) \(([A-Z, ]+)\)/.exec(line);
    if (match === null) return [];
    const [, indent = "", part = "", methods = ""] = match;
    const depth = indent.length / 4 - 1;
    above.splice(depth, above.length, part);
    const path = above.join("").replace(/:(\w+)/g, "{$1}");
    const named = methods.split(", ").filter((method) => method !== "HEAD" && NAMED.test(path));
    return named.map((method) => `${method} ${path}`);
  });
}

describe("the OpenAPI document", () => {
  test("names every route of the API, each with a summary, an answer and its problems", async () => {
    const { app, url } = await startServer();
    const { openapi, paths } = await documentOf(url);
    expect(openapi).toBe("3.1.0");
    const operations = new Map(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
      ),
    );
    const routes = routesOf(app.printRoutes({ commonPrefix: false }));
    expect(routes).toEqual(expect.arrayContaining(["GET /api/edges", "POST /api/fills", "GET /api/v1/bots/{bot}"]));
    expect([...operations.keys()].toSorted()).toEqual(routes.toSorted());
    for (const [name, { summary, tags, responses }] of operations) {
      expect(summary, name).toBeTruthy();
      expect(tags, name).toHaveLength(1);
      expect(Object.keys(responses), name).toContain("default");
      expect(Object.keys(responses).length, name).toBeGreaterThan(1);
    }
  });

  test("says what the ingest routes take, and every reference in it leads somewhere", async () => {
    const { url } = await startServer();
    const document = await documentOf(url);
    for (const path of ["/api/v1/events", "/api/v1/trades", "/api/edges", "/api/fills"])
      expect(document.paths[path]?.["post"]?.requestBody, path).toBeDefined();
    const fill = document.components.schemas["event.fill"] as { properties: Record<string, { description?: string }> };
    expect(fill.properties["price"]?.description).toBe("an exact decimal");
    const references = JSON.stringify(document).match(/#\/components\/schemas\/[^"]+/g) ?? [];
    expect(references.length).toBeGreaterThan(30);
    for (const reference of references)
      expect(document.components.schemas, reference).toHaveProperty([reference.split("/").at(-1) ?? ""]);
  });
});

requireTool("chromium")("the page of the OpenAPI document", () => {
  test("shows the routes without breaking the hub's content security policy", async () => {
    const { url } = await startServer();
    const browser = await chromium.launch({
      executablePath: findTool("chromium") ?? "chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    });
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    const answer = await page.goto(`${url}/docs`);
    expect(answer?.headers()["content-security-policy"]).toContain("script-src 'self'");
    await page.getByText("/api/v1/exposure", { exact: false }).first().waitFor();
    await page.getByText("The event log, oldest first").first().click();
    await page.getByText("X-Next-Cursor").first().waitFor();
    expect(complaints).toEqual([]);
  });
});
