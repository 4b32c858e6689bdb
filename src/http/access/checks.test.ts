import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../test/support/guarded-hub.ts";
import { isLoopbackAddress, parseHost, plainAddress, rateKey } from "./address.ts";
import { checkBind } from "./bind.ts";
import { createHostPolicy } from "./host-check.ts";
import type { Role } from "../../protocol/api-people.ts";
import type { Principal } from "./principal.ts";
import { refusalOf } from "./permit.ts";
import { RateLimiter } from "./rate-limit.ts";
import { Turnstile } from "./turnstile.ts";

describe("addresses", () => {
  test.each([
    ["127.0.0.1", true],
    ["127.255.0.9", true],
    ["::1", true],
    ["::ffff:127.0.0.1", true],
    ["128.0.0.1", false],
    ["::ffff:10.0.0.1", false],
    ["::2", false],
    ["127.0.0.1.evil.example", false],
    ["", false],
    [undefined, false],
  ])("of %s are loopback: %s", (address, expected) => {
    expect(isLoopbackAddress(address)).toBe(expected);
  });

  test("are plain when the zone and the IPv6 dress are taken off", () => {
    expect([plainAddress("::FFFF:10.0.0.1"), plainAddress("FE80::1%eth0")]).toEqual(["10.0.0.1", "fe80::1"]);
  });

  test("of one IPv6 network count as one", () => {
    expect(rateKey("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
    expect(rateKey("2001:db8::1")).toBe("2001:db8:0:0::/64");
    expect(rateKey("::ffff:10.0.0.1")).toBe("10.0.0.1");
  });

  test("in a Host header are read, and nothing else is", () => {
    expect(parseHost("Dashboard.:8000")).toEqual({ name: "dashboard", port: "8000" });
    expect(parseHost("[::1]:80")).toEqual({ name: "::1", port: "80" });
    for (const odd of ["", "a b", "a@b", "a/b", "a:b", ":80", "[evil.example]", "::1", "a,b", "."]) {
      expect([odd, parseHost(odd)]).toEqual([odd, undefined]);
    }
  });
});

describe("createHostPolicy", () => {
  test("answers to bare addresses when bound beyond loopback, and never to unknown names", () => {
    const open = createHostPolicy("0.0.0.0", []);
    const closed = createHostPolicy("127.0.0.1", []);
    expect([open.allows("10.1.2.3:8000"), closed.allows("10.1.2.3:8000")]).toEqual([true, false]);
    expect([open.allows("[2001:db8::1]"), closed.allows("[2001:db8::1]")]).toEqual([true, false]);
    expect([open.allows("evil.example"), open.allows(undefined)]).toEqual([false, false]);
  });

  test("answers to the name that it is bound to", () => {
    expect(createHostPolicy("hub.example", []).allows("HUB.example:8000")).toBe(true);
  });

  test("throws when an allowed host is no host", () => {
    expect(() => createHostPolicy("127.0.0.1", ["http://dashboard"])).toThrow(/allowed_hosts/);
  });
});

describe("checkBind", () => {
  const token = "token";
  test.each([
    [{ host: "127.0.0.1", ownerExists: false, setupToken: undefined }, true],
    [{ host: "localhost", ownerExists: false, setupToken: undefined }, true],
    [{ host: "[::1]", ownerExists: false, setupToken: undefined }, true],
    [{ host: "0.0.0.0", ownerExists: false, setupToken: undefined }, false],
    [{ host: "::", ownerExists: false, setupToken: undefined }, false],
    [{ host: "10.0.0.5", ownerExists: false, setupToken: undefined }, false],
    [{ host: "0.0.0.0", ownerExists: false, setupToken: token }, true],
    [{ host: "0.0.0.0", ownerExists: true, setupToken: undefined }, true],
  ])("of %j allows it: %s", (plan, allowed) => {
    expect(checkBind(plan).ok).toBe(allowed);
  });
});

describe("refusalOf", () => {
  const nobody = { kind: "nobody" } as const;
  const person = (role: Role) => ({ kind: "person", userId: "u", name: "Ada", role, sessionId: "s" }) as const;
  const reader: Principal = {
    kind: "key",
    prefix: "p",
    name: "k",
    scopes: new Set(["read"] as const),
    bot: undefined,
    expiresAt: undefined,
  };

  test("lets everybody in when the route is public, and an owner everywhere", () => {
    expect(refusalOf(nobody, "public")).toBeUndefined();
    for (const access of ["ingest", "read", "metrics", "control", "account", "owner"] as const) {
      expect(refusalOf(person("owner"), access)).toBeUndefined();
      expect(refusalOf(nobody, access)?.code).toBe("unauthenticated");
    }
  });

  test("lets a key do what its scopes say and no more", () => {
    expect(refusalOf(reader, "read")).toBeUndefined();
    expect(refusalOf(reader, "ingest")?.code).toBe("forbidden");
    expect(refusalOf(reader, "account")?.code).toBe("forbidden");
  });

  test("lets each role do what the one below may, and more", () => {
    const mayDo = (role: Role) =>
      (["read", "account", "ingest", "control", "operator", "owner"] as const).filter(
        (access) => refusalOf(person(role), access) === undefined,
      );
    expect(mayDo("viewer")).toEqual(["read", "account"]);
    expect(mayDo("operator")).toEqual(["read", "account", "ingest", "control", "operator"]);
    expect(mayDo("owner")).toEqual(["read", "account", "ingest", "control", "operator", "owner"]);
  });

  test("lets whoever sits at the machine start a demo desk only while nobody owns the hub", () => {
    const loopback: Principal = { kind: "loopback", scopes: new Set(["ingest", "read"] as const) };
    expect(refusalOf(loopback, "desk-side", true)).toBeUndefined();
    expect(refusalOf(loopback, "desk-side", false)?.code).toBe("unauthenticated");
    expect(refusalOf(reader, "desk-side", true)?.code).toBe("forbidden");
    expect(refusalOf({ kind: "loopback", scopes: new Set() }, "desk-side", true)?.code).toBe("unauthenticated");
  });
});

describe("RateLimiter", () => {
  test("never lets more through than its burst and rate allow", () => {
    const step = fc.record({ waitS: fc.nat(20), key: fc.constantFrom("a", "b") });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const clock = new ManualClock();
        const limiter = new RateLimiter({ burst: 5, perSecond: 0.5, clock });
        let elapsedS = 0;
        let passed = 0;
        for (const { waitS, key } of steps) {
          clock.advanceS(waitS);
          elapsedS += waitS;
          if (limiter.take(key) === undefined && key === "a") passed += 1;
          expect(passed).toBeLessThanOrEqual(5 + 0.5 * elapsedS);
        }
      }),
    );
  });

  test("lets a visitor through again after the wait that it names", () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ burst: 1, perSecond: 0.25, clock });
    expect([limiter.take("a"), limiter.take("a")]).toEqual([undefined, 4]);
    clock.advanceS(3);
    expect(limiter.take("a")).toBe(1);
    clock.advanceS(1);
    expect(limiter.take("a")).toBeUndefined();
  });

  test("remembers no more addresses than it may, and forgets the longest away first", () => {
    const limiter = new RateLimiter({ burst: 1, perSecond: 0.001, clock: new ManualClock(), maxEntries: 3 });
    for (const key of ["a", "b", "c", "a", "d"]) limiter.take(key);
    expect(limiter.size).toBe(3);
    expect(limiter.take("a")).toBeDefined();
    expect(limiter.take("b")).toBeUndefined();
  });

  test("stays in its bounds when the clock steps back", () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ burst: 1, perSecond: 1, clock });
    limiter.take("a");
    clock.advanceS(-3600);
    expect(limiter.take("a")).toBeDefined();
    clock.advanceS(1);
    expect(limiter.take("a")).toBeUndefined();
  });
});

describe("Turnstile", () => {
  test("runs few at once, the others in turn, and sends away whom it cannot keep waiting", async () => {
    const turnstile = new Turnstile({ atOnce: 2, waiting: 1 });
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const started: number[] = [];
    const work = gates.map(({ promise }, index) =>
      turnstile.pass(async () => {
        started.push(index);
        await promise;
        return index;
      }),
    );
    await expect(work[3]).rejects.toMatchObject({ code: "rate_limited" });
    expect(started).toEqual([0, 1]);
    gates[1]?.resolve();
    expect(await work[1]).toBe(1);
    gates[2]?.resolve();
    expect(await work[2]).toBe(2);
    gates[0]?.resolve();
    expect(await work[0]).toBe(0);
  });

  test("frees the place of work that failed", async () => {
    const turnstile = new Turnstile({ atOnce: 1, waiting: 0 });
    await expect(turnstile.pass(async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await turnstile.pass(async () => "done")).toBe("done");
  });
});
