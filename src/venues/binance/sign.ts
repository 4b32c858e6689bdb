import { createHmac } from "node:crypto";
import type { Secret } from "../core/secret.ts";

export interface BinanceKeys {
  readonly apiKey: Secret;
  readonly secret: Secret;
}

/** The query with its signature, which is last and covers the exact text before it. */
export const signedQuery = (query: string, secret: Secret): string =>
  `${query}&signature=${createHmac("sha256", secret.reveal()).update(query).digest("hex")}`;
