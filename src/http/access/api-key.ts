import { createHash, randomInt } from "node:crypto";
import type { Clock, Micros } from "../../base/time.ts";
import type { KeyRow, Scope } from "../../hub/ports.ts";
import { randomSecret } from "./secret-files.ts";

/** What a person says when making a key. */
export interface KeyRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The only bot that the key may speak for; undefined for any. */
  readonly bot: string | undefined;
  /** From then on it is refused; undefined for a key that does not end by itself. */
  readonly expiresAt?: Micros | undefined;
}

/** A new key: `key` is shown once and never stored; `row` is what the store keeps. */
export interface NewKey {
  readonly key: string;
  readonly row: KeyRow;
}

const PREFIX_LENGTH = 8;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const KEY = /^dw_([0-9A-Za-z]{8})[0-9A-Za-z_-]{43}$/;

/** A fresh key: `dw_`, an 8-character prefix that names it, and 256 random bits. */
export function makeKey(request: KeyRequest, clock: Clock): NewKey {
  const prefix = Array.from({ length: PREFIX_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
  const key = `dw_${prefix}${randomSecret()}`;
  const { name, scopes, bot, expiresAt } = request;
  const row = {
    prefix,
    sha256: keyDigest(key),
    name,
    scopes,
    bot,
    createdAt: clock.now(),
    lastUsedAt: undefined,
    revokedAt: undefined,
    expiresAt,
  };
  return { key, row };
}

/** The prefix of a well-formed key; undefined for anything else. */
export function keyPrefix(key: string): string | undefined {
  return KEY.exec(key)?.[1];
}

/** SHA-256 in hex, as the store keeps it. The key has 256 random bits, so a slow hash would add nothing. */
export function keyDigest(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
