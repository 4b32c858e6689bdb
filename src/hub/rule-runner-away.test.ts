import { expect, test } from "vitest";
import { HandTime, settle } from "../../test/support/hand-time.ts";
import { at } from "../../test/support/folded-desk.ts";
import { DAILY, RuleDesk } from "../../test/support/rule-desk.ts";
import type { HaltRule } from "../engine/rules/rule.ts";
import type { ControlRequest } from "../protocol/api-control.ts";
import { startRules } from "./rule-runner.ts";

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Rules over a fold, with a store and a log of commands that answer when they are told to, if at all. */
function scene(rules: readonly HaltRule[], answers: { readonly append?: () => Promise<never> } = {}) {
  const desk = new RuleDesk();
  const time = new HandTime();
  const asked: ControlRequest[] = [];
  const told: unknown[] = [];
  const problems: string[] = [];
  for (const rule of rules) desk.state.desk.rules.set(rule.name, rule);
  const runner = startRules({
    state: desk.state,
    ingest: {
      submit: (batch) => {
        told.push(...batch);
        return answers.append?.() ?? never();
      },
    },
    control: {
      issue: (request) => {
        asked.push(request);
        return never();
      },
    },
    query: { metric: () => never() },
    clock: { now: () => at(desk.now) },
    timers: {
      every: (ms, run) => {
        const again = (): void => void time.schedule(() => void Promise.resolve(run()).then(again), ms);
        again();
        return () => undefined;
      },
      after: time.schedule,
      breathe: settle,
    },
    onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
  });
  const looks = async (count: number): Promise<void> => {
    for (let look = 0; look < count; look++) {
      desk.later();
      await time.advance(2_000);
    }
  };
  return { desk, asked, told, problems, looks, runner };
}

test("a store that hangs delays no halt: neither of the first breach nor of the next, each asked for once", async () => {
  const { desk, asked, told, looks } = scene([DAILY]);
  desk.bot("a").bot("b").risk({ daily_loss_pct: 0.04 }, "a").risk({ daily_loss_pct: 0.01 }, "b");
  await looks(3);
  expect(asked.map(({ target }) => target)).toEqual([{ bot: "a" }]);
  desk.risk({ daily_loss_pct: 0.05 }, "b");
  await looks(3);
  expect(asked.map(({ target }) => target)).toEqual([{ bot: "a" }, { bot: "b" }]);
  expect(told).toHaveLength(1);
});

test("a store that refuses delays no halt either, and what it could not take is told again", async () => {
  const { desk, asked, told, problems, looks } = scene([DAILY], {
    append: () => Promise.reject(new Error("the disk is full")),
  });
  desk.bot("a").risk({ daily_loss_pct: 0.04 }, "a");
  await looks(3);
  expect(asked).toMatchObject([{ action: "halt", target: { bot: "a" } }]);
  expect(told.length).toBeGreaterThan(1);
  expect(problems[0]).toBe("telling of a breach: Error: the disk is full");
});

test("fills that cannot be read delay no halt of another rule", async () => {
  const row: HaltRule = { ...DAILY, name: "row", metric: "consecutive_losses", unit: "count", limit: 3 };
  const { desk, asked, looks } = scene([DAILY, row]);
  desk.bot("a").risk({ daily_loss_pct: 0.04 }, "a");
  await looks(2);
  expect(asked).toMatchObject([{ action: "halt", target: { bot: "a" } }]);
});

test("a rule that is switched off while it is read asks for nothing", async () => {
  const { desk, asked, looks } = scene([DAILY]);
  for (let bot = 0; bot < 150; bot++) desk.bot(`b${bot}`).risk({ daily_loss_pct: 0.04 }, `b${bot}`);
  const looking = looks(1);
  await settle();
  desk.state.desk.rules.set("daily", { ...DAILY, enabled: false, seq: desk.seq + 1 });
  await looking;
  await looks(10);
  expect(asked).toEqual([]);
});

test("a thousand bots that breach at once are asked for at once", async () => {
  const { desk, asked, looks } = scene([DAILY]);
  for (let bot = 0; bot < 1_000; bot++) desk.bot(`b${bot}`).risk({ daily_loss_pct: 0.04 }, `b${bot}`);
  for (let look = 0; look < 50 && asked.length === 0; look++) await looks(1);
  expect(asked).toHaveLength(1_000);
  expect(new Set(asked.map(({ command_id }) => command_id)).size).toBe(1_000);
});
