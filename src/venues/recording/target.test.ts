import { describe, expect, test } from "vitest";
import { isSameRequest, requestOf, targetOf } from "./target.ts";

describe("what names a request in a recording", () => {
  test.each([
    [
      "https://venue.example/fapi/v1/depth?symbol=X&limit=5&signature=abc&timestamp=1",
      "/fapi/v1/depth?limit=5&symbol=X",
    ],
    ["https://key:secret@venue.example/book", "/book"],
    ["wss://venue.example/ws/pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", "/ws/*"],
    [
      "https://venue.example/m/0x0123456789012345678901234567890123456789",
      "/m/0x0123456789012345678901234567890123456789",
    ],
    ["no address", ""],
  ])("has nothing of %s that may be a secret", (url, named) => {
    expect(targetOf(url)).toBe(named);
  });

  test("is missing for what may be a session, but not for books that are asked for by POST", () => {
    const url = "https://venue.example/books";
    expect(requestOf({ method: "POST", url: "https://venue.example/fapi/v1/listenKey" })).toBeUndefined();
    expect(requestOf({ method: "PUT", url })).toBeUndefined();
    const [one, other] = ["[1]", "[2]"].map((body) => requestOf({ method: "POST", url, body }) ?? "");
    expect([one === other, isSameRequest(one ?? "", one ?? ""), isSameRequest(one ?? "", other ?? "")]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

test("a request is the same when nothing that both name differs", () => {
  expect(isSameRequest("/depth?symbol=X", "/depth?limit=5&symbol=X")).toBe(true);
  expect(isSameRequest("/depth?symbol=X", "/depth")).toBe(true);
  expect(isSameRequest("/depth?symbol=X", "/depth?symbol=Y")).toBe(false);
  expect(isSameRequest("/depth", "/other")).toBe(false);
  expect(isSameRequest("", "/anything")).toBe(true);
});
