import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { oneOfEachKind, watchedVenues } from "./watched-venues.ts";

function fileOf(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), "deskwatch-watched-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "deskwatch.yaml");
  writeFileSync(file, text);
  return file;
}

const TWO = `venues:
  - { venue: binance, markets: [BTCUSDT] }
  - { venue: binance, name: more, markets: [ETHUSDT, BTCUSDT] }
`;

const told = (config: string) => {
  const watched = watchedVenues({ config }, {});
  const one = watched.ok ? oneOfEachKind(watched.value) : watched;
  return one.ok ? one.value.map(({ kind, markets }) => [kind.name, markets]) : one.error;
};

test("Without a market the venues of the file are meant, those of one kind as one", () => {
  expect(told(fileOf(TWO))).toEqual([["binance", ["BTCUSDT", "ETHUSDT"]]]);
});

test("Two of one kind with other settings are no one venue of a recording", () => {
  const other = TWO.replace("name: more,", "name: more, ws_url: 'wss://127.0.0.1:1',");
  expect(told(fileOf(other))).toContain("record one with --market");
});

test("A named market is meant instead of the file; a setting goes with it alone", () => {
  const config = fileOf(TWO);
  const named = watchedVenues({ config, market: ["binance:SOLUSDT"] }, {});
  expect(named.ok && named.value.map(({ name, markets }) => [name, markets])).toEqual([["binance", ["SOLUSDT"]]]);
  expect(watchedVenues({ config, set: ["binance.ws_url=x"] }, {})).toMatchObject({ ok: false });
  expect(told(fileOf("venues: []\n"))).toContain("does not say what to watch");
});
