import { createHmac } from "node:crypto";
import type { Secret } from "../core/secret.ts";

/** What the venue gave for an API key; made elsewhere, by the wallet. */
export interface PolymarketKeys {
  readonly apiKey: Secret;
  /** Base64url. */
  readonly secret: Secret;
  readonly passphrase: Secret;
}

/** Headers that sign one request of the CLOB for the wallet `address`. The path is signed without its query. */
export function signedHeaders(
  { apiKey, secret, passphrase }: PolymarketKeys,
  address: string,
  request: { readonly method: string; readonly path: string; readonly nowS: number; readonly body?: string },
): Readonly<Record<string, string>> {
  const { method, path, nowS, body = "" } = request;
  const timestamp = String(Math.floor(nowS));
  const key = Buffer.from(secret.reveal().replaceAll("-", "+").replaceAll("_", "/"), "base64");
  const signature = createHmac("sha256", key).update(timestamp + method + path + body);
  return {
    POLY_ADDRESS: address,
    // The venue's clients keep the padding of base64.
    POLY_SIGNATURE: signature.digest("base64").replaceAll("+", "-").replaceAll("/", "_"),
    POLY_TIMESTAMP: timestamp,
    POLY_API_KEY: apiKey.reveal(),
    POLY_PASSPHRASE: passphrase.reveal(),
  };
}
