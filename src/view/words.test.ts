import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { connectSnippets, isLoopback, PACK_CLIENT } from "./connect-snippets.ts";
import { paletteSearch } from "./palette-search.ts";
import { windowTitle } from "./window-title.ts";

describe("windowTitle", () => {
  const counts = { live: 3, stale: 0, offline: 0, halted: 0, stopped: 0, total: 3 };
  test("shows the count when all is well", () => {
    expect(windowTitle("live", counts)).toBe("● 3 live · Deskwatch");
  });
  test("shows trouble first when there is some", () => {
    expect(windowTitle("live", { ...counts, stale: 1, halted: 2, total: 6 })).toBe(
      "■ 2 halted ◌ 1 stale ● 3 live · Deskwatch",
    );
  });
  test("says that it reconnects when the hub is away, whatever was known", () => {
    expect(windowTitle("reconnecting", counts)).toBe("⚠ reconnecting · Deskwatch");
  });
  test("says that nothing is there when no bot has come", () => {
    expect(windowTitle("connecting", undefined)).toBe("Deskwatch");
    expect(windowTitle("live", { ...counts, live: 0, total: 0 })).toBe("○ no bots yet · Deskwatch");
  });
});

describe("connectSnippets", () => {
  test("begins with the edge of the dashboard guide when shown to a stranger", () => {
    const [first] = connectSnippets("http://localhost:8000", false);
    expect(first?.code).toContain("curl -X POST http://localhost:8000/api/edges");
    expect(JSON.parse(/-d '([^']*)'/.exec(first?.code ?? "")?.[1] ?? "")).toEqual({
      pair_id: "pm-0x1234:kalshi-ABC",
      primary_market: "Market A",
      hedge_market: "Market B",
      net_edge_cents: 3.2,
      confidence: 0.88,
      expected_slippage_cents: 0.4,
      leader: "polymarket",
      timestamp: "2024-01-01T00:00:00Z",
    });
  });
  test("asks for a key only when the hub is not on this machine", () => {
    for (const { code } of connectSnippets("https://desk.example:8443", true)) expect(code).toContain("dw_YOUR_KEY");
    for (const { code } of connectSnippets("http://localhost:8000", false)) expect(code).not.toContain("dw_YOUR_KEY");
  });
  test("installs the client from a file that this repository packs, for no registry has it", () => {
    const typescript = connectSnippets("http://localhost:8000", false).find(({ name }) => name === "typescript");
    expect(typescript?.needs).toContain(PACK_CLIENT);
    expect(typescript?.needs).not.toContain("npm install @");
    const manifest: unknown = JSON.parse(readFileSync(`${PACK_CLIENT.split(" ").at(-1)}/package.json`, "utf8"));
    expect(manifest).toMatchObject({ name: "@deskwatch/client", files: expect.arrayContaining(["dist"]) });
  });
  test("knows this machine when it is named in any way", () => {
    expect(["localhost", "127.0.0.1", "127.8.8.8", "[::1]"].every(isLoopback)).toBe(true);
    expect(["127.0.0.1.example.com", "10.0.0.2", "dashboard"].some(isLoopback)).toBe(false);
  });
});

describe("paletteSearch", () => {
  const items = ["Go to Overview", "Go to Fills", "Bot mm-btc", "Use the light theme"].map((label) => ({ label }));
  const found = (query: string): string[] => paletteSearch(items, query).map(({ label }) => label);
  test("shows all when nothing was typed", () => {
    expect(found("  ")).toHaveLength(4);
  });
  test("finds all words in any order when several were typed", () => {
    expect(found("fills go")).toEqual(["Go to Fills"]);
    expect(found("btc")).toEqual(["Bot mm-btc"]);
  });
  test("puts what begins with the words first when several match", () => {
    expect(found("o")).toEqual(["Go to Overview", "Go to Fills", "Bot mm-btc"]);
  });
});
