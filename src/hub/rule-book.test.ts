import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { ensure } from "../base/assert.ts";
import { micros } from "../base/time.ts";
import { emptyState, reduce } from "../engine/fold.ts";
import { fingerprint } from "../engine/snapshot.ts";
import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import { HALT_RULES_MAX } from "../protocol/rule-metrics.ts";
import type { Caller } from "./control.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 180_000 });

const START = Date.UTC(2026, 1, 24) * 1000;
const DAILY: HaltRuleTerms = {
  ...{ name: "daily", metric: "daily_loss_pct", unit: "ratio", limit: 0.03, scope: "bot", of: [], mode: "live" },
  ...{ action: "halt", resume: "never", enabled: true },
};
const ANN: Caller = { by: "Ann", kind: "person", id: "u1", via: "page", address: "192.0.2.7" };

let bench: HandDrivenHub;

beforeEach(async () => {
  bench = new HandDrivenHub(START, { haltRules: [{ ...DAILY, name: "of-file" }] });
  await bench.start();
});

afterEach(async () => {
  await bench.stop();
  bench.remove();
  expect(bench.problems).toEqual([]);
});

const hub = () => ensure(bench.hub, "a hub that runs");
const rules = () => hub().query.haltRules().rules;
const names = (): string[] => rules().map(({ name }) => name);

async function said(...types: string[]): Promise<Record<string, unknown>[]> {
  const page = await ensure(bench.store, "a store").events({ limit: 1_000, order: "oldest" });
  const events = page.events.map((text) => JSON.parse(text) as Record<string, unknown>);
  return events.filter(({ type }) => types.includes(String(type)));
}

const changes = () => said("rule.declared", "rule.withdrawn");

async function restart(haltRules: readonly HaltRuleTerms[] | undefined): Promise<void> {
  await bench.stop();
  await bench.start(haltRules === undefined ? {} : { haltRules });
}

async function send(...events: Record<string, unknown>[]): Promise<void> {
  const ts = new Date(bench.now / 1000).toISOString();
  const done = await hub().ingest.submit(events.map((value) => ({ value: { bot: "mm", ts, ...value } })));
  if (!done.ok || done.value.items.some(({ kind }) => kind === "rejected")) throw new Error(JSON.stringify(done));
}

/** Lets time pass until what happens in the background has come about. */
const eventually = (look: () => void): Promise<void> =>
  vi.waitFor(async () => {
    bench.now = micros(bench.now + 1_000_000);
    await bench.time.advance(1_000);
    look();
  }, 120_000);

/** So many looks of the rules, each of which may do something. */
async function looks(count: number): Promise<void> {
  for (let look = 0; look < count; look++) {
    bench.now = micros(bench.now + 1_000_000);
    await bench.time.advance(1_000);
  }
}

const commands = () => [...hub().state.desk.commands.values()];
const breach = () => send({ type: "bot.started", status: "running" }, { type: "risk", daily_loss_pct: 0.042 });

describe("a rule that is set while the hub runs", () => {
  test("is a fact with who set it, watches from then on, and asks for its command once", async () => {
    await breach();
    await hub().rules.remove("of-file", ANN);
    await restart([]);
    await looks(3);
    expect(commands()).toEqual([]);
    const done = await hub().rules.set(DAILY, ANN);
    expect(done).toMatchObject({
      ok: true,
      value: { before: undefined, after: { ...DAILY, source: "page", by: "Ann" } },
    });
    expect((await changes()).at(-1)).toMatchObject({
      ...{ type: "rule.declared", bot: "deskwatch", rule: DAILY, source: "page" },
      ...{ by: "Ann", by_kind: "person", by_id: "u1", via: "page" },
    });
    await eventually(() => expect(commands()).toMatchObject([{ action: "halt", by: "rule:daily", via: "rule" }]));
    await looks(3);
    expect(commands()).toHaveLength(1);
  });

  test("is there after a restart, from a snapshot and from the log alone, and asks for nothing a second time", async () => {
    await hub().rules.set(DAILY, ANN);
    await breach();
    await restart([]);
    await eventually(() => expect(commands()).toHaveLength(1));
    await restart([]);
    expect(hub().recovered.fromSnapshot).toBe(true);
    expect(rules()).toMatchObject([{ ...DAILY, source: "page", set_by: "Ann" }]);
    await looks(3);
    expect(commands()).toHaveLength(1);
    const state = emptyState();
    await bench.store?.replay(0, (events) => {
      for (const recorded of events) reduce(state, recorded);
    });
    expect(state.desk.rules).toEqual(hub().state.desk.rules);
    expect(fingerprint(state)).toBe(fingerprint(hub().state));
  });

  test("asks at the next start for a breach that stands and never had its command", async () => {
    await hub().rules.set(DAILY, ANN);
    await breach();
    expect(commands()).toEqual([]);
    await restart([]);
    expect(commands()).toEqual([]);
    await eventually(() => expect(commands()).toMatchObject([{ action: "halt", target: { bot: "mm" } }]));
  });

  test("asks for nothing at a start where the breach was handled and lifted by a person, or is over", async () => {
    await restart([]);
    await hub().rules.set(DAILY, ANN);
    await breach();
    await eventually(() => expect(commands()).toHaveLength(1));
    await hub().control.issue({ action: "resume", target: { bot: "mm" }, reason: "known" }, ANN);
    await restart([]);
    await looks(4);
    expect(commands()).toHaveLength(2);
    await send({ type: "risk", daily_loss_pct: 0.01 });
    await restart([]);
    await looks(4);
    expect(commands()).toHaveLength(2);
  });

  test("changes, is switched off and removed; the same again is no change", async () => {
    await hub().rules.set(DAILY, ANN);
    await hub().rules.set(DAILY, ANN);
    const changed = await hub().rules.set({ ...DAILY, limit: 0.05 }, ANN);
    expect(changed).toMatchObject({ ok: true, value: { before: { limit: 0.03 }, after: { limit: 0.05 } } });
    await hub().rules.set({ ...DAILY, enabled: false }, ANN);
    expect(rules()[0]).toMatchObject({ name: "daily", enabled: false, watched: 0 });
    const removed = await hub().rules.remove("daily", ANN);
    expect(removed).toMatchObject({ ok: true, value: { before: { limit: 0.03 }, after: undefined } });
    expect(names()).toEqual(["of-file"]);
    expect((await changes()).map(({ type, source }) => [type, source])).toEqual([
      ["rule.declared", "file"],
      ["rule.declared", "page"],
      ["rule.declared", "page"],
      ["rule.declared", "page"],
      ["rule.withdrawn", "page"],
    ]);
  });

  test("leaves its halt standing when it is removed: nothing resumes by itself", async () => {
    await restart([]);
    await hub().rules.set({ ...DAILY, resume: { when_clear_for_s: 1 } }, ANN);
    await breach();
    await eventually(() => expect(commands()).toHaveLength(1));
    await hub().rules.remove("daily", ANN);
    await send({ type: "risk", daily_loss_pct: 0 });
    await eventually(() => expect(hub().state.desk.alerts.size).toBe(0));
    await looks(3);
    expect(commands()).toMatchObject([{ action: "halt", endedBy: undefined }]);
    expect((await said("alert.resolved")).map(({ message }) => message)).toEqual([
      "Nobody watches this any more: the rule was removed.",
    ]);
  });

  test("is refused where it would collide, where somebody was quicker, and where there are too many", async () => {
    const refused = async (
      done: ReturnType<typeof hub>["rules"]["set"] extends (...args: never[]) => infer R ? R : never,
    ) => {
      const result = await done;
      return result.ok ? "done" : `${result.error.code}: ${result.error.message}`;
    };
    const ofFile = { ...DAILY, name: "of-file", limit: 0.9 };
    expect(await refused(hub().rules.set(ofFile, ANN))).toMatch(/^conflict: The rule of-file is of the configuration/);
    expect(await refused(hub().rules.remove("of-file", ANN))).toMatch(/^conflict: The rule of-file is of the config/);
    expect(await refused(hub().rules.remove("none", ANN))).toBe("not_found: There is no rule none.");
    await hub().rules.set(DAILY, ANN);
    expect(await refused(hub().rules.set(DAILY, ANN, { isNew: true }))).toMatch(/^conflict: There is a rule daily/);
    const seen = ensure(rules()[0], "the rule").seq;
    const both = [0.04, 0.05].map((limit) => hub().rules.set({ ...DAILY, limit }, ANN, { seq: seen }));
    expect(await Promise.all(both.map(refused))).toEqual(["done", expect.stringMatching(/^conflict: Somebody has/)]);
    await restart(Array.from({ length: HALT_RULES_MAX - 2 }, (_, n) => ({ ...DAILY, name: `r${n}` })));
    const last = ["one", "two"].map((name) => hub().rules.set({ ...DAILY, name }, ANN));
    expect(await Promise.all(last.map(refused))).toEqual([
      "done",
      "conflict: There are 100 rules, and 100 are the most: delete one first.",
    ]);
    expect(await refused(hub().rules.set({ ...DAILY, limit: 0.06 }, ANN))).toBe("done");
  });

  test("is refused in a demo, where nothing halts by itself whatever the log says", async () => {
    await hub().rules.set(DAILY, ANN);
    await bench.stop();
    await bench.start({ defaultMode: "demo" });
    await breach();
    await looks(3);
    expect(commands()).toEqual([]);
    expect(await hub().rules.set(DAILY, ANN)).toMatchObject({ ok: false, error: { code: "conflict" } });
  });
});

describe("rules of the configuration file", () => {
  test("are facts where they differ from those before, and only then", async () => {
    await restart(undefined);
    expect(await changes()).toHaveLength(1);
    await restart([{ ...DAILY, name: "of-file", limit: 0.02 }]);
    await restart([]);
    expect((await changes()).slice(1)).toMatchObject([
      { type: "rule.declared", source: "file", rule: { limit: 0.02 } },
      { type: "rule.withdrawn", source: "file", name: "of-file" },
    ]);
    expect(names()).toEqual([]);
  });

  test("leave those of the page alone, and hold over one of the same name", async () => {
    await hub().rules.set(DAILY, ANN);
    await restart([]);
    expect(rules()).toMatchObject([{ name: "daily", source: "page" }]);
    const notices: string[] = [];
    await bench.stop();
    await bench.start({ haltRules: [{ ...DAILY, limit: 0.01 }], onNotice: (text) => notices.push(text) });
    expect(rules()).toMatchObject([{ name: "daily", source: "file", limit: 0.01, set_by: null }]);
    expect(notices).toEqual([
      "automatic_halts: the file holds over what was set on the page under the same name: daily",
    ]);
    await restart([]);
    expect(names()).toEqual([]);
  });

  test("cannot be said by a bot", async () => {
    const done = await hub().ingest.submit([
      { value: { type: "rule.declared", bot: "mm", ts: "2026-02-24T12:00:00Z", rule: DAILY, source: "page" } },
      { value: { type: "rule.withdrawn", bot: "mm", ts: "2026-02-24T12:00:00Z", name: "of-file", source: "file" } },
    ]);
    expect(done).toMatchObject({ ok: true, value: { items: [{ kind: "rejected" }, { kind: "rejected" }] } });
    expect(names()).toEqual(["of-file"]);
  });
});
