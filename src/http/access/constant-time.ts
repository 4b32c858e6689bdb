import { createHash, timingSafeEqual } from "node:crypto";

/**
 * True when both texts are equal; how long it takes says nothing about where they differ, nor about the length of the
 * secret, because digests of equal length are compared.
 */
export function equalInConstantTime(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
