import { describe, expect, test } from "vitest";
import type { KeyView, UserView } from "../protocol/api-people.ts";
import { actMark, actorWords, deviceWords, inGroups, keyMark, personMark } from "./people-words.ts";

const user: UserView = {
  id: "u",
  name: "Ada",
  email: "ada@desk.example",
  role: "owner",
  disabled: false,
  invited: false,
  second_factor: false,
  sessions: 0,
  made_at: "2026-11-21T00:00:00.000Z",
  last_sign_in_at: null,
};
const key: KeyView = {
  prefix: "abcd1234",
  name: "k",
  scopes: ["read"],
  bot: null,
  created_at: "2026-11-21T00:00:00.000Z",
  last_used_at: null,
  revoked_at: null,
  expires_at: null,
};

describe("people in words", () => {
  test("say whether somebody can sign in", () => {
    const word = (said: Partial<UserView>) => personMark({ ...user, ...said }).word;
    expect([word({}), word({ sessions: 2 }), word({ invited: true })]).toEqual(["away", "signed in", "invited"]);
    expect(word({ disabled: true, invited: true, sessions: 1 })).toBe("disabled");
  });

  test("say whether a key holds", () => {
    const at = Date.parse("2026-11-22T00:00:00.000Z");
    const word = (said: Partial<KeyView>) => keyMark({ ...key, ...said }, at).word;
    expect([word({}), word({ expires_at: "2026-11-23T00:00:00.000Z" })]).toEqual(["holds", "holds"]);
    expect([
      word({ expires_at: "2026-11-22T00:00:00.000Z" }),
      word({ revoked_at: "2026-11-21T00:00:00.000Z" }),
    ]).toEqual(["over", "revoked"]);
  });

  test("say what was done, also what they do not know, and that it was refused once", () => {
    expect(actMark({ action: "key.made", outcome: "done" })).toEqual({ sign: "·", word: "key made", tone: "neutral" });
    expect(actMark({ action: "command.halt", outcome: "done" }).tone).toBe("stale");
    expect(actMark({ action: "session.refused", outcome: "refused" }).word).toBe("sign-in refused");
    expect(actMark({ action: "password.changed", outcome: "refused" }).word).toBe("password change refused");
    expect(actMark({ action: "later.new_thing", outcome: "done" }).word).toBe("later new thing");
  });

  test("say who it was and how they came", () => {
    const words = (who: string, who_kind: "person" | "key" | "local" | "nobody" | "rule", via: string) =>
      actorWords({ who, who_kind, via });
    expect(words("Ada", "person", "command_line")).toBe("Ada, command line");
    expect(words("halter", "key", "api")).toBe("halter, key");
    expect(words("local", "local", "command_line")).toBe("the hub's own machine");
    expect(words("nobody", "nobody", "page")).toBe("somebody unknown");
    expect(words("drawdown", "rule", "rule")).toBe("drawdown, rule");
  });

  test("tell a browser and its system as far as that can be told", () => {
    const chrome =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";
    expect(deviceWords(chrome)).toBe("Chrome on Linux");
    expect(deviceWords(chrome.replace("537.36", "537.36 Edg/143").replace("X11; Linux", "Windows NT 10.0"))).toMatch(
      /^(Edge|Chrome) on Windows$/,
    );
    expect([deviceWords("my program 1"), deviceWords(null)]).toEqual(["my program 1", "unknown program"]);
  });

  test("group a secret for typing", () => {
    expect([inGroups("ABCDEFGHIJ"), inGroups("")]).toEqual(["ABCD EFGH IJ", ""]);
  });
});
