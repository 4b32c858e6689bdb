import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { Secret } from "../core/secret.ts";
import { signedHeaders } from "./sign.ts";

const keys = {
  apiKey: new Secret("key"),
  secret: new Secret("-_8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0="),
  passphrase: new Secret("pass"),
};

test("a request is signed with the decoded secret over time, method and path, as base64url with its padding", () => {
  const headers = signedHeaders(keys, "0xabc", { method: "GET", path: "/data/trades", nowS: 1_790_000_000.9 });
  const key = Buffer.from("fbff000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d", "hex");
  const digest = createHmac("sha256", key).update("1790000000GET/data/trades").digest("base64url");
  expect(headers).toEqual({
    POLY_ADDRESS: "0xabc",
    POLY_SIGNATURE: `${digest}=`,
    POLY_TIMESTAMP: "1790000000",
    POLY_API_KEY: "key",
    POLY_PASSPHRASE: "pass",
  });
});

test("a body is signed too", () => {
  const request = { method: "POST", path: "/order", nowS: 1 };
  const [without, withBody] = [{}, { body: '{"a":1}' }].map((more) =>
    signedHeaders(keys, "0x", { ...request, ...more }),
  );
  expect(withBody?.["POLY_SIGNATURE"]).not.toBe(without?.["POLY_SIGNATURE"]);
});
