import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluateControl } from "../../src/engine/control/evaluate-control.ts";
import type { Micros } from "../../src/base/time.ts";
import type { VenueOrder, VenuePosition } from "../../src/domain/venue-account.ts";
import type { VenueView } from "../../src/hub/venue-view.ts";
import { AccountBench } from "../support/account-bench.ts";
import { HandMadeAccount } from "../support/hand-made-account.ts";

const RUNS = 250;
/** The same courses every time: what they find is found by whoever changed something. */
const SEED = 2026;
const ORDER: VenueOrder = { orderId: "7", symbol: "ETHUSDT", side: "buy", size: "1" };
const HELD: VenuePosition = { symbol: "ETHUSDT", size: "1" };

/** What is true at the venue from a second on. */
interface Truth {
  readonly rests: boolean;
  readonly holds: boolean;
}

interface Course {
  readonly action: "halt" | "flatten";
  /** How far the venue's lists are behind, in seconds. */
  readonly lag: { readonly orders: number; readonly positions: number };
  /** Before the acknowledgement, and after it. */
  readonly before: readonly Step[];
  readonly steps: readonly Step[];
}

interface Step {
  readonly seconds: number;
  readonly does: "place" | "cancel" | "fill" | "close" | "fail";
}

const step: fc.Arbitrary<Step> = fc.record({
  seconds: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 25 })),
  does: fc.constantFrom("place" as const, "cancel" as const, "fill" as const, "close" as const, "fail" as const),
});
const courses: fc.Arbitrary<Course> = fc.record({
  action: fc.constantFrom("halt" as const, "flatten" as const),
  lag: fc.record({ orders: fc.constantFrom(0, 10), positions: fc.constantFrom(0, 10, 60) }),
  before: fc.array(step, { maxLength: 4 }),
  steps: fc.array(step, { minLength: 1, maxLength: 12 }),
});

/** A venue that tells what was true some time ago, dated as such. */
class LaggingAccount extends HandMadeAccount {
  readonly #truths: { readonly at: number; readonly truth: Truth }[] = [];
  readonly #nowMicros: () => number;
  readonly #lag: Course["lag"];
  fails = false;

  constructor(bench: AccountBench, lag: Course["lag"]) {
    super(() => bench.now, { everyMs: 20_000 });
    this.#nowMicros = () => bench.now;
    this.#lag = lag;
    this.becomes({ rests: true, holds: false });
  }

  becomes(truth: Truth): void {
    this.#truths.push({ at: this.#nowMicros(), truth });
  }

  /** What was true at a moment; as at the beginning before that. */
  truthAt(micros: number): Truth {
    const past = this.#truths.findLast(({ at }) => at <= micros) ?? this.#truths[0];
    return past?.truth ?? { rests: true, holds: false };
  }

  get now(): Truth {
    return this.truthAt(this.#nowMicros());
  }

  /** Moments at which something changed, between two. */
  moments(from: number, to: number): number[] {
    return [from, ...this.#truths.map(({ at }) => at).filter((at) => at > from && at <= to)];
  }

  override get account(): { readonly plan: HandMadeAccount["plan"]; readonly view: VenueView } {
    const { plan, view } = super.account;
    const told = <T>(lagS: number, listOf: (truth: Truth) => readonly T[]) => {
      if (this.fails) return { ok: false as const, reason: "HTTP 503" };
      const at = (this.#nowMicros() - lagS * 1e6) as Micros;
      return { ok: true as const, at, value: listOf(this.truthAt(at)) };
    };
    return {
      plan,
      view: {
        ...view,
        openOrders: async () => told(this.#lag.orders, ({ rests }) => (rests ? [ORDER] : [])),
        positions: async () => told(this.#lag.positions, ({ holds }) => (holds ? [HELD] : [])),
      },
    };
  }
}

const NEXT: Readonly<Record<Exclude<Step["does"], "fail">, (truth: Truth) => Truth>> = {
  place: ({ holds }) => ({ rests: true, holds }),
  cancel: ({ holds }) => ({ rests: false, holds }),
  fill: ({ rests, holds }) => (rests ? { rests: false, holds: true } : { rests, holds }),
  close: ({ rests }) => ({ rests, holds: false }),
};

function take(account: LaggingAccount, does: Step["does"]): void {
  if (does === "fail") account.fails = !account.fails;
  else account.becomes(NEXT[does](account.now));
}

/** When the venue's proof came, by the hub's clock; undefined where it never did. */
async function provenAt(bench: AccountBench, account: LaggingAccount, { steps }: Course): Promise<number | undefined> {
  const rest = [...steps, { seconds: 100, does: "fail" as const }];
  for (const { seconds, does } of rest) {
    for (let second = 0; second < seconds; second++) {
      await bench.pass(1);
      for (const event of evaluateControl(bench.state, bench.now)) await bench.send({ ...event });
      if (bench.state.desk.courses.get("c\tmm")?.evidence === "venue-verified") return bench.now;
    }
    take(account, does);
  }
  return undefined;
}

test("a proof from the venue is of a moment after the acknowledgement at which nothing rested, and then nothing was held", async () => {
  let proofs = 0;
  const run = async (course: Course): Promise<void> => {
    const bench = new AccountBench();
    await bench.send({ type: "bot.started", status: "running", mode: "live" });
    const account = new LaggingAccount(bench, course.lag);
    bench.read(account);
    await bench.pass(30);
    for (const { seconds, does } of course.before) {
      take(account, does);
      await bench.pass(seconds);
    }
    const command = { type: "command.issued", bot: "deskwatch", command_id: "c", action: course.action };
    await bench.send({ ...command, target: { bot: "mm" }, by: "ann", via: "api", reason: "test", bots: ["mm"] });
    await bench.send({ type: "command.acknowledged", bot: "mm", command_id: "c" });
    const acknowledged = bench.now;
    const proven = await provenAt(bench, account, course);
    bench.accounts?.stop();
    expect(bench.problems).toEqual([]);
    if (proven === undefined) return;
    proofs++;
    const free = account.moments(acknowledged, proven).find((at) => !account.truthAt(at).rests);
    expect(free).toBeDefined();
    if (course.action === "halt") return;
    expect(account.moments(free ?? proven, proven).some((at) => !account.truthAt(at).holds)).toBe(true);
  };
  await fc.assert(fc.asyncProperty(courses, run), { numRuns: RUNS, seed: SEED });
  expect(proofs).toBeGreaterThan(RUNS / 4);
});
