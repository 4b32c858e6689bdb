import { describe, expect, test } from "vitest";
import { ManualClock } from "../../test/support/guarded-hub.ts";
import { HandTime } from "../../test/support/hand-time.ts";
import { type Act, Audit } from "./audit.ts";
import type { AuditRow } from "./audit-port.ts";
import { type EventPage, StoreUnavailable } from "./ports.ts";

const act = (target: string): Act => ({
  by: { who: "Ada", who_kind: "person", who_id: "u1", via: "page", address: "127.0.0.1" },
  action: "key.made",
  target,
});

const command = (seq: number, said: object = {}) => ({
  seq,
  received_at: "2026-11-21T10:00:00.000Z",
  type: "command.issued",
  command_id: `c${seq}`,
  action: "halt",
  target: { bot: "alpha" },
  by: "Ada",
  by_kind: "person",
  by_id: "u1",
  via: "page",
  address: "192.0.2.7",
  reason: "too fast",
  ...said,
});

/** Two days before the clock's now. */
const RETAINED_FROM = "2026-11-19T00:00:00.000Z";

/** A store that can be away, and a log to which commands are added. */
function scene() {
  const rows: AuditRow[] = [];
  const log: { seq: number }[] = [];
  const forgotten: number[] = [];
  const problems: string[] = [];
  const store = { away: false };
  const time = new HandTime();
  const every = (ms: number, run: () => void | Promise<void>): (() => void) => {
    let cancel = (): unknown => undefined;
    const again = (): void => {
      cancel = time.schedule(() => void Promise.resolve(run()).then(again), ms);
    };
    again();
    return () => void cancel();
  };
  const guarded = async <T>(work: () => T): Promise<T> => {
    if (store.away) throw new StoreUnavailable("away");
    return work();
  };
  const page = (found: readonly unknown[]): EventPage => ({
    events: found.map((each) => JSON.stringify(each)),
    lastSeq: undefined,
    complete: true,
  });
  const audit = new Audit({
    store: {
      events: ({ afterSeq = 0 }) => guarded(() => page(log.filter(({ seq }) => seq > afterSeq))),
      audit: {
        add: (added) => guarded(() => void rows.push(...added)),
        page: () => guarded(() => page(rows)),
        lastSeq: () => guarded(() => Math.max(0, ...rows.map(({ seq }) => seq ?? 0))),
        forget: (before) => guarded(() => forgotten.push(before)),
      },
    },
    clock: new ManualClock(),
    timers: { every, after: time.schedule, breathe: async () => undefined },
    retentionDays: 2,
    onProblem: (what) => problems.push(what),
  });
  const targets = () => rows.map(({ body }) => JSON.parse(body).target);
  return { audit, rows, log, store, time, forgotten, problems, targets };
}

describe("the audit", () => {
  test("has an act when noting it is answered", async () => {
    const { audit, rows } = scene();
    await audit.note(act("k1"));
    expect(rows).toMatchObject([{ kind: "key", who: "Ada", outcome: "done", seq: undefined }]);
    expect(JSON.parse(rows[0]?.body ?? "")).toEqual({
      at: "2026-11-21T00:00:00.000Z",
      action: "key.made",
      outcome: "done",
      who: "Ada",
      who_kind: "person",
      who_id: "u1",
      via: "page",
      address: "127.0.0.1",
      target: "k1",
      detail: null,
      reason: null,
      seq: null,
    });
  });

  test("takes commands from the log once each, before what came after them", async () => {
    const { audit, log, rows, targets } = scene();
    log.push(command(5));
    await audit.note(act("k1"));
    log.push(command(9, { target: { all: true }, by: "drawdown", by_kind: "rule", via: "rule" }));
    await audit.page({ limit: 10 });
    await audit.page({ limit: 10 });
    expect(targets()).toEqual(["bot alpha", "k1", "everything"]);
    expect(JSON.parse(rows[0]?.body ?? "")).toMatchObject({
      action: "command.halt",
      who: "Ada",
      who_kind: "person",
      who_id: "u1",
      via: "page",
      address: "192.0.2.7",
      reason: "too fast",
      detail: "c5",
      seq: 5,
    });
    expect(JSON.parse(rows[2]?.body ?? "")).toMatchObject({ who: "drawdown", who_kind: "rule", seq: 9 });
  });

  test("takes no command again that retention has taken away, after a restart either", async () => {
    const { audit, log, rows } = scene();
    log.push(command(5, { received_at: "2026-11-18T23:59:59.999Z" }), command(7, { received_at: RETAINED_FROM }));
    await audit.page({ limit: 10 });
    expect(rows.map(({ seq }) => seq)).toEqual([7]);
    log.push(command(9, { received_at: "2026-11-18T12:00:00.000Z" }));
    await audit.page({ limit: 10 });
    expect(rows.map(({ seq }) => seq)).toEqual([7]);
  });

  test("keeps acts that were done while the store was away once it is back", async () => {
    const { audit, store, time, problems, targets } = scene();
    store.away = true;
    await audit.note(act("k1"));
    await audit.note(act("k2"));
    expect([targets(), problems.length]).toEqual([[], 2]);
    store.away = false;
    await time.advance(5_000);
    expect(targets()).toEqual(["k1", "k2"]);
    await audit.note(act("k3"));
    expect(targets()).toEqual(["k1", "k2", "k3"]);
  });

  test("gives up the oldest, and counts them, when too many wait for a store that stays away", async () => {
    const { audit, store, time, targets } = scene();
    store.away = true;
    for (let n = 1; n <= 1_003; n++) await audit.note(act(`k${n}`));
    expect(audit.lost).toBe(3);
    store.away = false;
    await time.advance(5_000);
    expect([targets().length, targets()[0]]).toEqual([1_000, "k4"]);
  });

  test("forgets what is older than its retention", async () => {
    const { forgotten, time } = scene();
    await time.advance(600_000);
    expect(forgotten).toEqual([Date.parse(RETAINED_FROM) * 1000]);
  });

  test("keeps texts of any length and content short and storable", async () => {
    const { audit, rows } = scene();
    await audit.note({ ...act(`a\u0000${"x".repeat(5_000)}`), reason: "r".repeat(5_000) });
    const { target, reason } = JSON.parse(rows[0]?.body ?? "");
    expect([target.length, target.slice(0, 3), reason.length]).toEqual([512, "a\ufffdx", 512]);
  });
});
