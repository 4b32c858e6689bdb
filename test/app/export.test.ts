import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nowOf } from "../../src/domain/ledger/holding.ts";
import { registerKeys } from "../../src/app/commands/keys.ts";
import type { Desk } from "../../src/app/wiring.ts";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { waitUntil } from "../support/wait-until.ts";
import { typed } from "../support/typed-command.ts";
import { exported, run, ts } from "./export-run.ts";

const AT = { venue: "binance", symbol: "BTC-USDT" };
const FILL = { type: "fill", bot: "maker-1", ...AT, side: "buy", price: "64120.5", size: "0.25" };

/** One of each thing that is easily told wrongly the second time. */
const DAY: readonly (readonly object[])[] = [
  [
    { type: "bot.started", bot: "maker-1", ts: ts(0), version: "1.2" },
    { type: "bot.started", bot: "paper-2", ts: ts(0), mode: "paper" },
    { type: "instrument", bot: "maker-1", ts: ts(1), ...AT, kind: "spot", base: "BTC", quote: "USDT" },
    {
      type: "order.placed",
      bot: "maker-1",
      ts: ts(2),
      ...AT,
      order_id: "o1",
      side: "buy",
      price: "64120.5",
      size: "1",
    },
    { type: "mark", bot: "maker-1", ts: ts(3), ...AT, price: "64100" },
    {
      ...FILL,
      ts: ts(4),
      fill_id: "f1",
      order_id: "o1",
      id: "own-1",
      big: 0.1,
      fee: "0.0005514061527802322867482483620",
    },
    { ...FILL, ts: ts(5), fill_id: "f2" },
    { ...FILL, ts: ts(5), fill_id: "voided" },
  ],
  [
    { ...FILL, ts: ts(4), fill_id: "f1", fee_currency: "BNB", is_maker: true },
    { ...FILL, ts: ts(4), fill_id: "f1", account: "maker-1", bot: "audit", strategy: "s", pair_id: "p1" },
    { ...FILL, ts: ts(4), fill_id: "f2", price: "1" },
    { type: "fill.voided", bot: "maker-1", ts: ts(6), venue: "binance", fill_id: "voided", reason: "failed" },
    { type: "annotation", bot: "maker-1", ts: ts(7), title: "deploy" },
    { type: "annotation", bot: "maker-1", ts: ts(7), title: "deploy" },
    { type: "risk", bot: "maker-1", ts: ts(8), equity_quote: 5 },
    {
      type: "edge",
      bot: "arb-1",
      ts: ts(9),
      pair_id: "p",
      primary_market: "A",
      hedge_market: "B",
      net_edge_cents: 3.2,
    },
    {
      type: "opportunity",
      bot: "arb-1",
      ts: ts(9),
      opportunity_id: "x",
      pair_id: "p",
      action: "rejected",
      edge_bps: 1,
      confidence: "low",
    },
    { type: "fill", bot: "arb-1", ts: ts(10), fill_id: "pair", pair_id: "p", size_usd: 100, pnl_cents: 150 },
    { ...FILL, bot: "paper-2", ts: ts(11), fill_id: "p1", side: "sell" },
    { type: "log", bot: "maker-1", ts: ts(12), level: "info", message: "a sample" },
  ],
];

async function deskWithDay() {
  const desk = await scratchHub();
  for (const events of DAY) await sendTo(desk.url, events);
  await sendTo(desk.url, [{ type: "fill", bot: "maker-1", ts: ts(1), price: "dear" }], 1);
  await rejectedAre(desk.url, 1);
  return desk;
}

/** Refusals are saved a moment after the answer. */
const rejectedAre = (url: string, count: number): Promise<void> =>
  waitUntil(`${count} refusals are saved`, async () => {
    const body = (await (await fetch(`${url}/api/v1/rejected`)).json()) as { rejected: unknown[] };
    return body.rejected.length === count;
  });

/** What a hub makes of its log, without what only its own clock and seq decide. */
async function foldOf({ hub, url }: Desk) {
  const get = async (path: string) => (await fetch(url + path)).json() as Promise<Record<string, unknown>>;
  const fills = (await get("/api/v1/fills?mode=all&limit=1000"))["fills"] as Record<string, unknown>[];
  const events = (await get("/api/v1/events?mode=all&limit=1000"))["events"] as Record<string, unknown>[];
  const { as_of: _, as_of_seq: __, ...exposure } = await get("/api/v1/exposure?mode=all");
  return {
    fills: fills.map(({ seq: _, received_at: __, id, ...fill }) => ({ ...fill, ownId: /^own/.test(String(id)) })),
    exposure,
    types: events.map(({ type, standing, effective_ts }) => [type, standing, effective_ts]),
    bots: [...hub.state.bots].map(([name, bot]) => ({
      name,
      ledgers: [...bot.ledgers].map(([key, { holding }]) => [key, nowOf(holding).open.position, nowOf(holding).all]),
      pairs: [...bot.pairs],
      orders: [...bot.openOrders],
      counts: [bot.mode, bot.facts, bot.fills, bot.merges, bot.contradictions, bot.oddTimes, bot.lastTs],
      risk: bot.risk?.equity_quote,
    })),
  };
}

describe("an export read back", () => {
  test.each([[[]], [["--gzip"]], [["--zstd"]]])(
    "gives an empty hub the same fold, and twice no more: %j",
    async (flags) => {
      const first = await deskWithDay();
      const { directory, manifest } = await exported(first.url, ...flags);
      const file = join(directory, manifest.files[0].file);
      const second = await scratchHub();
      const report = JSON.parse((await run(second.url, ["import", "--json", file])).out);
      expect([report.complete, report.refused.total, report.outcomes.sampled]).toEqual([true, 0, 0]);
      const fold = await foldOf(second);
      expect(fold).toEqual(await foldOf(first));
      expect(fold.fills).toHaveLength(5);
      const again = JSON.parse((await run(second.url, ["import", "--json", file])).out);
      expect(again.outcomes).toMatchObject({ accepted: 0, merged: 0, contradictions: 0, sampled: 0 });
      expect(await foldOf(second)).toEqual(fold);
    },
  );

  test("makes no bot alive that is long gone", async () => {
    const first = await deskWithDay();
    const { directory } = await exported(first.url);
    const second = await scratchHub();
    await run(second.url, ["import", join(directory, "events.ndjson")]);
    const { bots } = (await (await fetch(`${second.url}/api/v1/bots`)).json()) as { bots: { liveness: string }[] };
    expect(bots.map(({ liveness }) => liveness)).toEqual(bots.map(() => "stopped"));
  });

  test("is the same again when a hub that imported it exports it", async () => {
    const first = await deskWithDay();
    const { directory } = await exported(first.url);
    const second = await scratchHub();
    await run(second.url, ["import", join(directory, "events.ndjson")]);
    const again = await exported(second.url);
    const third = await scratchHub();
    await run(third.url, ["import", join(again.directory, "events.ndjson")]);
    expect(await foldOf(third)).toEqual(await foldOf(first));
    const { out } = await run(second.url, ["import", "--json", join(again.directory, "events.ndjson")]);
    expect(JSON.parse(out).outcomes).toMatchObject({ accepted: 0, merged: 0, contradictions: 0 });
  });

  test("leaves out what the other hub said of itself", async () => {
    const alert = {
      type: "alert.raised",
      bot: "deskwatch",
      ts: ts(1),
      seq: 9,
      received_at: ts(1),
      effective_ts: ts(1),
    };
    const file = join(scratchDirectory(), "events.ndjson");
    writeFileSync(file, `${JSON.stringify(alert)}\n`);
    const { out, code } = await run((await scratchHub()).url, ["import", "--json", file]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ refused: { total: 0 }, left_out: [{ count: 1 }] });
  });
});

describe("the files of an export", () => {
  test("are those of the manifest, with the rows, bytes and hashes that it says", async () => {
    const { url } = await deskWithDay();
    const { directory, manifest, read } = await exported(url);
    expect(readdirSync(directory).sort()).toEqual(
      [...manifest.files.map(({ file }: { file: string }) => file), "README.txt", "manifest.json"].sort(),
    );
    expect(JSON.parse(read("manifest.json"))).toEqual(manifest);
    expect(manifest).toMatchObject({ exported_by: "deskwatch", hub: url, filters: { mode: "all" } });
    for (const { file, bytes, sha256, as_of_seq } of manifest.files) {
      const content = readFileSync(join(directory, file));
      expect([file, content.length, as_of_seq]).toEqual([file, bytes, manifest.as_of_seq]);
      expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
      expect(read("README.txt")).toContain(file);
    }
    const rows = Object.fromEntries(
      manifest.files.map(({ file, rows }: { file: string; rows: number }) => [file, rows]),
    );
    const log = read("events.ndjson").trimEnd().split("\n");
    expect(manifest.left_out).toEqual([]);
    expect(rows).toEqual({
      "events.ndjson": log.length,
      "fills.csv": 5,
      "orders.csv": 1,
      "opportunities.csv": 1,
      "positions.csv": 2,
      "sessions.csv": 4,
      "rejected.ndjson": 1,
      "imports.ndjson": 0,
    });
    expect(read("fills.csv")).toMatch(/,f1,maker-1,live,.*,0\.0?00551406152780232286748248362,BNB,/);
    expect(read("orders.csv")).toMatch(/,o1,/);
    for (const line of log)
      expect(JSON.parse(line)).toMatchObject({ seq: expect.any(Number), mode: expect.any(String) });
  });

  test("hold no key, token or password", async () => {
    const desk = await deskWithDay();
    const secrets: string[] = [];
    await typed(
      [
        (program) =>
          registerKeys(program, {
            environment: { DESKWATCH_DATA_DIR: desk.dataDir },
            print: (line) => secrets.push(line),
            complain: () => undefined,
            setExitCode: () => undefined,
          }),
      ],
      ["keys", "create", "secret-purpose", "--scope", "read"],
    );
    const key = secrets[0] ?? "";
    expect(key).toMatch(/^dw_/);
    secrets.push(readLocalAccess(desk.dataDir)?.token ?? "", "secret-purpose");
    await sendTo(desk.url, [{ type: "nonsense", bot: "maker-1", note: `by ${key}`, password: "pass-canary" }], 1);
    await rejectedAre(desk.url, 2);
    const { directory, read } = await exported(desk.url, "--key", key);
    expect(read("rejected.ndjson")).toContain("nonsense");
    for (const name of readdirSync(directory))
      for (const secret of [...secrets, "pass-canary"]) expect(read(name)).not.toContain(secret);
  });

  test("hold what the filters ask for, and the manifest says so", async () => {
    const { url } = await deskWithDay();
    const { manifest, read } = await exported(url, "--bot", "maker-1", "--from", ts(5), "--to", "1771934407");
    expect(manifest.filters).toEqual({ bot: "maker-1", mode: "all", from: ts(5), to: ts(7) });
    const log = read("events.ndjson").trimEnd().split("\n");
    expect(log.map((line) => JSON.parse(line)).map(({ type, fill_id }) => fill_id ?? type)).toEqual([
      "f2",
      "voided",
      "voided",
    ]);
    expect((await exported(url, "--mode", "paper")).manifest.files[0].rows).toBe(2);
    const audit = await exported(url, "--bot", "audit");
    expect(audit.manifest.left_out).toContainEqual({ what: "1 later statements", reason: expect.any(String) });
    expect(audit.read("events.ndjson")).toBe("");
  });
});
