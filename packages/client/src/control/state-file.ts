import { readFileSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { isMissing } from "../spool-session.ts";
import { type ControlState, isRecord, isState, readVenues } from "./orders.ts";

/** What a bot has to know of its orders after a restart. */
export interface KeptState {
  readonly state: ControlState;
  readonly venues: ReadonlyMap<string, ControlState>;
  /** It stopped by itself while the hub was away. */
  readonly stopped: boolean;
}

/** The file must be left alone. */
export class OtherBot extends Error {
  override readonly name = "OtherBot";
}

const BYTES_MAX = 1024 * 1024;

/** A file with the newest orders of one bot, replaced as a whole and synced: a halted bot starts halted. */
export class StateFile {
  readonly #path: string;
  readonly #bot: string;
  #next: string | undefined;
  #newest: string | undefined;
  #writing: Promise<void> | undefined;

  constructor(path: string, bot: string) {
    this.#path = path;
    this.#bot = bot;
  }

  /** What was kept; undefined when there is no file. Throws on one that cannot be read, and `OtherBot` on that of another. */
  read(): KeptState | undefined {
    const text = this.#text();
    if (text === undefined) return undefined;
    const value: unknown = text.length > BYTES_MAX ? undefined : JSON.parse(text);
    if (!isRecord(value) || !isState(value["state"])) throw new Error(`${this.#path} keeps no orders that can be read`);
    if (value["bot"] !== this.#bot) throw new OtherBot(`${this.#path} is of another bot`);
    return { state: value["state"], venues: readVenues(value["venues"]), stopped: value["stopped"] === true };
  }

  /** Resolves when the newest state is on the disk; rejects when it could not be written. */
  async write({ state, venues, stopped }: KeptState): Promise<void> {
    const text = `${JSON.stringify({ bot: this.#bot, state, venues: Object.fromEntries(venues), stopped })}\n`;
    if (text !== this.#newest) this.#next = text;
    this.#newest = text;
    while (this.#next !== undefined) {
      this.#writing ??= this.#writeNext().finally(() => {
        this.#writing = undefined;
      });
      await this.#writing;
    }
    await this.#writing;
  }

  #text(): string | undefined {
    try {
      return readFileSync(this.#path, "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #writeNext(): Promise<void> {
    const text = this.#next;
    this.#next = undefined;
    if (text === undefined) return;
    const draft = `${this.#path}.${process.pid}.tmp`;
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#path);
  }

  /** The next state is written even when it is the same: this one did not reach the disk. */
  forget(): void {
    this.#newest = undefined;
  }
}
