import { type Clock, MICROS_PER_SECOND } from "../../base/time.ts";
import { type KeyRow, type KeyStore, StoreUnavailable } from "../../hub/ports.ts";
import { keyDigest, keyPrefix } from "./api-key.ts";
import { equalInConstantTime } from "./constant-time.ts";

export interface KeyRingOptions {
  readonly keys: KeyStore;
  readonly clock: Clock;
  /** Told when noting the last use of a key failed: the request went on. */
  readonly onError: (error: unknown) => void;
  /** Verified keys remembered at most. Default 1,000. */
  readonly maxEntries?: number;
}

interface Verified {
  readonly row: KeyRow;
  checkedAt: number;
  touchedAt: number | undefined;
}

const MAX_ENTRIES = 1_000;
/** Another hub on the same store may have revoked the key: what was verified is looked up again after this long. */
const TRUSTED_FOR = 60 * MICROS_PER_SECOND;
const TOUCH_EVERY = 60 * MICROS_PER_SECOND;

/** Verifies keys, and remembers those that held so that the store is not asked for every request. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #maxEntries: number;
  /** By digest, in order of last use, oldest first. */
  readonly #verified = new Map<string, Verified>();
  /** Raised by every revocation: a look-up that began before it is not remembered. */
  #generation = 0;

  constructor(options: KeyRingOptions) {
    this.#options = options;
    this.#maxEntries = options.maxEntries ?? MAX_ENTRIES;
  }

  /** The stored key when `key` was verified a short while ago; undefined says nothing about whether it holds. */
  recall(key: string): KeyRow | undefined {
    const digest = keyDigest(key);
    const known = this.#verified.get(digest);
    if (known === undefined || this.#options.clock.now() - known.checkedAt >= TRUSTED_FOR) return undefined;
    if (this.#isOver(known.row)) return undefined;
    this.#used(digest, known);
    return known.row;
  }

  /**
   * The stored key, or undefined when the key is malformed, unknown, wrong, revoked or over. While the store is away a key
   * that held before still holds; an unknown one rejects with `StoreUnavailable`.
   */
  async verify(key: string): Promise<KeyRow | undefined> {
    const prefix = keyPrefix(key);
    if (prefix === undefined) return undefined;
    const digest = keyDigest(key);
    const generation = this.#generation;
    const row = await this.#lookUp(prefix, digest);
    const holds = row !== undefined && equalInConstantTime(digest, row.sha256) && row.revokedAt === undefined;
    const isOver = row !== undefined && this.#isOver(row);
    if (!holds || isOver) {
      this.#verified.delete(digest);
      return undefined;
    }
    const known = { row, checkedAt: this.#options.clock.now(), touchedAt: this.#verified.get(digest)?.touchedAt };
    if (generation === this.#generation) this.#remember(digest, known);
    this.#used(digest, known);
    return row;
  }

  /** Forgets what was verified under the prefix: it was revoked. */
  forget(prefix: string): void {
    this.#generation += 1;
    for (const [digest, { row }] of this.#verified) if (row.prefix === prefix) this.#verified.delete(digest);
  }

  #isOver({ expiresAt }: KeyRow): boolean {
    return expiresAt !== undefined && this.#options.clock.now() >= expiresAt;
  }

  async #lookUp(prefix: string, digest: string): Promise<KeyRow | undefined> {
    try {
      return await this.#options.keys.byPrefix(prefix);
    } catch (error) {
      const known = this.#verified.get(digest);
      if (error instanceof StoreUnavailable && known !== undefined) return known.row;
      throw error;
    }
  }

  #remember(digest: string, known: Verified): void {
    this.#verified.set(digest, known);
    if (this.#verified.size <= this.#maxEntries) return;
    const oldest = this.#verified.keys().next();
    if (oldest.done !== true) this.#verified.delete(oldest.value);
  }

  #used(digest: string, known: Verified): void {
    if (this.#verified.delete(digest)) this.#verified.set(digest, known);
    const now = this.#options.clock.now();
    if (known.touchedAt !== undefined && now - known.touchedAt < TOUCH_EVERY) return;
    known.touchedAt = now;
    this.#options.keys.touch(known.row.prefix, now).catch(this.#options.onError);
  }
}
