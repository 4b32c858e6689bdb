import { basename, dirname } from "node:path";
import type { Outgoing } from "../hub-sender.ts";
import type { EventRef } from "../import-report.ts";
import type { Delivery } from "./delivery.ts";
import { findFiles, type FindOptions } from "./find-files.ts";
import type { FollowCounts } from "./follow-counts.ts";
import { type FileRecord, loadState, saveState } from "./follow-state.ts";
import { NotFollowed, type Work } from "./followed.ts";
import type { SignsOfLife } from "./signs-of-life.ts";
import type { RowsOptions } from "./text-rows.ts";
import { isGone, type Tracked, TrackedFiles } from "./tracked-files.ts";
import { Waiting } from "./waiting.ts";
import { WatchHints } from "./watch-hints.ts";

export interface FollowerOptions extends FindOptions {
  /** A directory or a file, as an absolute path without links. */
  readonly root: string;
  readonly isFile: boolean;
  readonly rows: RowsOptions;
  readonly statePath: string;
  readonly hub: string;
  readonly fromEnd: boolean;
  /** Take what is there and end. */
  readonly once: boolean;
  readonly delivery: Delivery;
  readonly counts: FollowCounts;
  readonly life: SignsOfLife;
  readonly nowMs: () => number;
  readonly stop: AbortSignal;
  /** Something noteworthy of a path, said once for each note. */
  readonly onNote: (path: string, note: string) => void;
}

const WAIT_MS_FIRST = 100;
const WAIT_MS_MAX = 2_000;
const WAIT_GROWTH = 1.5;
/** Looks that are due at about the same time are taken together: a wake costs more than a look. */
const TOGETHER_MS = 250;
const LOOK_AROUND_MS = 2_000;
const LOOK_AGAIN_MS = 100;
const TROUBLE_MS = 5_000;
const SAVE_MS = 1_000;
const GONE_QUIET_MS = 2_000;
const RENAMED_QUIET_MS = 10_000;
/** With `once`, a file that was not written for so long is taken for finished. */
const WRITTEN_MS = 60_000;
const EVENTS_MAX = 5_000;
const NOTES_MAX = 10_000;

/**
 * Follows the files of one root: looks at each by `stat`, often while it changes and seldom while it rests, reads what is
 * new, and moves its position on once the hub has acknowledged it. What the file system says by itself only makes it look
 * sooner.
 */
export class Follower {
  /** Reads of content since the start. */
  reads = 0;
  readonly #options: FollowerOptions;
  readonly #waiting = new Waiting();
  readonly #hints: WatchHints;
  readonly #noted = new Set<string>();
  #files: TrackedFiles;
  #lookAroundAtMs = 0;
  #lookedAtMs = 0;
  #isUnsaved = false;
  /** A file that a format knew, or that was named, could not be read as it. */
  #hasFailed = false;
  #savedAtMs = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#hints = new WatchHints(
      (path, isName) => this.#hint(path, isName),
      (path, why) => this.#note(path, `is not watched, only looked at now and then: ${why}`),
    );
    this.#files = this.#newFiles([]);
  }

  /**
   * Resolves when stopped, or with `once` when all is taken: false when a file could not be read as its format. Rejects
   * with `HubRefused`, or when the state cannot be kept.
   */
  async run(): Promise<boolean> {
    const { root, hub, statePath, stop } = this.#options;
    const wake = () => this.#waiting.wake();
    stop.addEventListener("abort", wake);
    try {
      const { files, problem } = await loadState(statePath, { root, hub });
      if (problem !== undefined) this.#note(statePath, problem);
      this.#files = this.#newFiles(files);
      while (!stop.aborted && (await this.#round()));
    } catch (error) {
      if (!stop.aborted) throw error;
    } finally {
      stop.removeEventListener("abort", wake);
      this.#hints.close();
      await this.#files.close();
      await this.#save();
    }
    return !this.#hasFailed;
  }

  /** One look at all that is due. False when it was the last. */
  async #round(): Promise<boolean> {
    const { nowMs, once, stop } = this.#options;
    const now = nowMs();
    if (now >= this.#lookAroundAtMs) await this.#lookAround(now);
    const took = await this.#lookAtDue(now);
    if (nowMs() - this.#savedAtMs >= SAVE_MS) await this.#save();
    if (took) return true;
    if (once && [...this.#files.live.values()].every(({ followed }) => followed.isSettled)) {
      await this.#finishAll();
      return false;
    }
    if (!stop.aborted) await this.#waiting.wait(Math.max(0, this.#nextAtMs() - nowMs()));
    return true;
  }

  async #lookAround(now: number): Promise<void> {
    const { root, include, exclude } = this.#options;
    this.#lookedAtMs = now;
    this.#lookAroundAtMs = now + LOOK_AROUND_MS;
    const found = this.#options.isFile
      ? { files: [root], directories: [dirname(root)], notes: [] }
      : await findFiles(root, { include, exclude });
    for (const { path, note } of found.notes) this.#note(path, note);
    if (!this.#options.once) this.#hints.watch(found.directories);
    await this.#files.look(found.files, now);
  }

  async #lookAtDue(now: number): Promise<boolean> {
    const works: Work[] = [];
    let events = 0;
    for (const tracked of this.#files.live.values()) {
      if (tracked.nextAtMs > now && !this.#options.once) continue;
      const work = await this.#lookAt(tracked, now);
      if (work === undefined) continue;
      works.push(work);
      events += work.items.length;
      if (events < EVENTS_MAX) continue;
      await this.#deliver(works.splice(0));
      events = 0;
    }
    const took = works.length > 0 || events > 0;
    await this.#deliver(works);
    return took;
  }

  async #lookAt(tracked: Tracked, now: number): Promise<Work | undefined> {
    tracked.nextAtMs = Number.POSITIVE_INFINITY;
    try {
      const work = await tracked.followed.read(now);
      tracked.waitMs =
        work === undefined
          ? Math.min(Math.max(tracked.waitMs * WAIT_GROWTH, WAIT_MS_FIRST), WAIT_MS_MAX)
          : WAIT_MS_FIRST;
      // A hint that came meanwhile may tell of more than was read: it stands.
      tracked.nextAtMs = Math.min(tracked.nextAtMs, work?.more === true ? now : nextLook(now, tracked.waitMs));
      if (work !== undefined) return work;
      return await this.#endIfGone(tracked, now);
    } catch (error) {
      if (error instanceof NotFollowed) {
        this.#hasFailed ||= error.cause !== undefined;
        this.#note(tracked.followed.path, `not followed: ${error.message}`);
        await this.#files.pass(tracked, true);
        return undefined;
      }
      tracked.nextAtMs = now + TROUBLE_MS;
      if (isGone(error)) await this.#files.retire(tracked);
      else this.#note(tracked.followed.path, `tried again: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  /** A file that was deleted, moved away or renamed and has been quiet since: nobody writes its last line on. */
  async #endIfGone(tracked: Tracked, now: number): Promise<Work | undefined> {
    const { followed, goneAtMs, firstPath } = tracked;
    const isRenamed = followed.path !== firstPath;
    if (goneAtMs === undefined && !isRenamed) return undefined;
    const quietMs = now - Math.max(followed.changedAtMs, goneAtMs ?? 0);
    if (quietMs < (goneAtMs === undefined ? RENAMED_QUIET_MS : GONE_QUIET_MS)) return undefined;
    const work = await followed.finish();
    if (work === undefined) {
      await (goneAtMs === undefined ? this.#files.pass(tracked, true) : this.#files.retire(tracked));
      return undefined;
    }
    tracked.nextAtMs = now;
    return work;
  }

  /** Of a file that is still written neither a last line without its end nor what a format holds back is taken. */
  async #finishAll(): Promise<void> {
    for (const { followed } of this.#files.live.values()) {
      if (followed.modifiedAtMs > this.#options.nowMs() - WRITTEN_MS) continue;
      const work = await followed.finish();
      if (work !== undefined) await this.#deliver([work]);
    }
  }

  async #deliver(works: readonly Work[]): Promise<void> {
    if (works.length === 0) return;
    const { delivery, counts, life } = this.#options;
    const events: Outgoing<EventRef>[] = [];
    for (const { path, items } of works) {
      const file = basename(path);
      for (const item of items)
        if ("body" in item) events.push({ ref: { file, line: item.line, type: item.type }, body: item.body });
      const beat = this.#options.once ? undefined : life.beatOf(items);
      if (beat !== undefined) events.push({ ref: { file, line: 0, type: "heartbeat" }, body: beat });
    }
    await delivery.deliver(events);
    for (const work of works) {
      if (work.rows > 0 || work.items.length > 0) counts.took(work);
      work.commit();
    }
    this.#isUnsaved = true;
  }

  #hint(path: string, isName: boolean): void {
    let isKnown = false;
    for (const tracked of this.#files.live.values()) {
      if (tracked.followed.path !== path) continue;
      isKnown = true;
      tracked.nextAtMs = 0;
      if (isName && tracked.key !== path) isKnown = false;
    }
    if (!isKnown && this.#isOfRoot(path))
      this.#lookAroundAtMs = Math.min(this.#lookAroundAtMs, this.#lookedAtMs + LOOK_AGAIN_MS);
    this.#waiting.wake();
  }

  /** Beside a single file others come and go. */
  #isOfRoot(path: string): boolean {
    const { root } = this.#options;
    return path === root || path.startsWith(`${root}/`) || path === dirname(root);
  }

  #nextAtMs(): number {
    const due = [...this.#files.live.values()].map(({ nextAtMs }) => nextAtMs);
    const save = this.#isUnsaved ? [this.#savedAtMs + SAVE_MS] : [];
    return Math.min(this.#lookAroundAtMs, ...due, ...save);
  }

  async #save(): Promise<void> {
    if (!this.#isUnsaved) return;
    const { statePath, root, hub, nowMs } = this.#options;
    this.#isUnsaved = false;
    this.#savedAtMs = nowMs();
    await saveState(statePath, { root, hub, files: this.#files.records() });
  }

  #newFiles(known: readonly FileRecord[]): TrackedFiles {
    const { rows, fromEnd } = this.#options;
    const onRead = () => {
      this.reads++;
    };
    return new TrackedFiles({ rows, fromEnd, onRead, onNote: (path, note) => this.#note(path, note) }, known);
  }

  #note(path: string, note: string): void {
    const text = `${path}\n${note}`;
    if (this.#noted.has(text) || this.#noted.size >= NOTES_MAX) return;
    this.#noted.add(text);
    this.#options.onNote(path, note);
  }
}

const nextLook = (now: number, waitMs: number): number =>
  waitMs < TOGETHER_MS ? now + waitMs : Math.ceil((now + waitMs) / TOGETHER_MS) * TOGETHER_MS;
