import { constants, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Secret } from "../core/secret.ts";
import { kalshiSigner } from "./sign.ts";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = String(pair.privateKey.export({ type: "pkcs8", format: "pem" }));
const keyId = new Secret("a-key-id");
const AT_MS = 1_790_000_000_123.9;

const headersOf = (privateKey: string, method = "GET", path = "/trade-api/ws/v2") => {
  const signer = kalshiSigner({ keyId, privateKey: new Secret(privateKey) });
  if (!signer.ok) throw new Error(signer.error);
  return signer.value(method, path, AT_MS);
};

const signs = (headers: Readonly<Record<string, string>>, text: string, saltLength: number): boolean => {
  const key = { key: pair.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  return verify("sha256", Buffer.from(text), key, Buffer.from(headers["KALSHI-ACCESS-SIGNATURE"] ?? "", "base64"));
};

describe("the signature of a request", () => {
  test("is over time in whole ms, method and path, by RSA-PSS with SHA-256 and a salt of 32 bytes", () => {
    const headers = headersOf(pem);
    expect(headers["KALSHI-ACCESS-KEY"]).toBe("a-key-id");
    expect(headers["KALSHI-ACCESS-TIMESTAMP"]).toBe("1790000000123");
    expect(signs(headers, "1790000000123GET/trade-api/ws/v2", 32)).toBe(true);
    expect(signs(headers, "1790000000123GET/trade-api/ws/v2", 20)).toBe(false);
    expect(signs(headers, "1790000000124GET/trade-api/ws/v2", 32)).toBe(false);
    expect(signs(headers, "1790000000123POST/trade-api/ws/v2", 32)).toBe(false);
  });

  test("leaves the query out", () => {
    const headers = headersOf(pem, "GET", "/trade-api/v2/portfolio/fills?limit=200&min_ts=1");
    expect(signs(headers, "1790000000123GET/trade-api/v2/portfolio/fills", 32)).toBe(true);
  });

  test("takes keys in either PEM, and with line breaks written as \\n", () => {
    const older = String(pair.privateKey.export({ type: "pkcs1", format: "pem" }));
    for (const key of [older, pem.replaceAll("\n", "\\n")])
      expect(signs(headersOf(key), "1790000000123GET/trade-api/ws/v2", 32)).toBe(true);
  });
});

test.each([
  ["no PEM", "canary"],
  ["a broken one", pem.slice(0, 400)],
  ["one of another kind", String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }))],
])("a key that is %s is refused, and nothing of it is said", (_, key) => {
  const signer = kalshiSigner({ keyId, privateKey: new Secret(key) });
  expect(signer).toEqual({ ok: false, error: "the private key is not an RSA key in PEM" });
});
