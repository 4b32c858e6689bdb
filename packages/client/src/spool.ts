import { appendFileSync } from "node:fs";
import { appendFile, unlink } from "node:fs/promises";
import { joinedLines, newSegment, readSegment, type Segment, segmentsOf } from "./spool-segment.ts";
import {
  adoptSessions,
  leaveSession,
  createSession,
  isMissing,
  releaseSession,
  type Session,
  touchSession,
} from "./spool-session.ts";

export interface SpoolOptions {
  readonly dir: string;
  readonly bot: string;
  /** Limit of all segments together. */
  readonly maxBytes: number;
  /** A segment that has grown past this gets no more lines. */
  readonly segmentBytes: number;
  /** Told of what went wrong without loss, such as a sent segment that could not be removed. */
  readonly onError: (error: unknown) => void;
  /** Told how many half-written events were found and left out. */
  readonly onBroken: (count: number) => void;
}

/** The segment that is being sent: its lines, and how many of them the hub has. */
interface Head {
  readonly segment: Segment;
  readonly lines: readonly string[];
  sent: number;
}

// Numbers grow from the middle, so that a batch that came back can be put in front.
const FIRST_NUMBER = 50_000_000;

/** Too many open files pass; a broken disk does not. */
const READ_ATTEMPTS = 5;

/**
 * Facts on disk while the hub is away: segments written at the end, read from the front, and each removed once the hub
 * has all of it. After a crash the first segment may be sent again; the events' ids make that harmless.
 * Calls take effect one after the other.
 */
export class Spool {
  readonly #options: SpoolOptions;
  #segments: Segment[] = [];
  #own: Session | undefined;
  #adopted: Session[] = [];
  #writing: Segment | undefined;
  #head: Head | undefined;
  #lastNumber = FIRST_NUMBER;
  #firstNumber = FIRST_NUMBER;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Events on disk that the hub does not have yet. */
  get count(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.lines, 0) - (this.#head?.sent ?? 0);
  }

  /** Makes a place to write to, and takes over what ended processes of this bot left. Rejects when the disk refuses. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#ownSession();
      await this.#adopt();
    });
  }

  /** Says that this process is still there, and looks again for what others left. */
  tend(): Promise<void> {
    return this.#inTurn(async () => {
      for (const session of this.#sessions()) {
        await touchSession(session).catch((error: unknown) => this.#lost(session, error));
      }
      await this.#adopt();
    });
  }

  /** Writes lines behind all others. Resolves to how many fitted, from the first. Rejects when the disk refuses. */
  append(lines: readonly string[]): Promise<number> {
    return this.#inTurn(async () => {
      const fitting = this.#fitting(lines);
      if (fitting.length > 0) await this.#write(await this.#segmentToWrite(), fitting);
      return fitting.length;
    });
  }

  /**
   * Writes a batch in front of all others. Resolves to what removes it again, for when the hub had it after all.
   * Rejects when it does not fit, or the disk refuses.
   */
  prepend(lines: readonly string[]): Promise<() => Promise<void>> {
    return this.#inTurn(async () => {
      if (this.#fitting(lines).length < lines.length) throw new Error("the spool is full");
      const segment = newSegment(await this.#ownSession(), --this.#firstNumber);
      await this.#write(segment, lines);
      this.#segments.unshift(segment);
      return () => this.#inTurn(() => this.#finish(segment));
    });
  }

  /** Up to `count` lines from the front that pass `fits`; none when all is sent. Takes nothing away. */
  peek(count: number, fits: (line: string) => boolean): Promise<string[]> {
    return this.#inTurn(async () => {
      const head = await this.#loadHead();
      if (head === undefined) return [];
      const lines = head.lines.slice(head.sent, head.sent + count);
      const end = lines.findIndex((line) => !fits(line));
      return end === -1 ? lines : lines.slice(0, end);
    });
  }

  /** The hub has the first `count` of the peeked lines. */
  advance(count: number): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#head !== undefined) this.#head.sent += count;
    });
  }

  /** Lets go of everything; what is left is for the next reporter of this bot. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#loadHead();
      for (const session of this.#sessions()) {
        await releaseSession(session, !this.#segments.some((segment) => segment.session === session));
      }
    });
  }

  /** The last act of a process that ends: writes what was in memory, at once. Throws when the disk refuses. */
  appendAtExit(lines: readonly string[]): void {
    const fitting = this.#fitting(lines);
    if (fitting.length === 0) return;
    const write = (session: Session): void =>
      appendFileSync(newSegment(session, ++this.#lastNumber).path, joinedLines(fitting), { mode: 0o600 });
    try {
      if (this.#own !== undefined) return write(this.#own);
    } catch (error) {
      // Its folder was taken away: a new one holds them as well.
      if (!isMissing(error)) throw error;
    }
    leaveSession(this.#options.dir, this.#options.bot, write);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    // Whoever called has the error; the next turn comes all the same.
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #sessions(): Session[] {
    return this.#own === undefined ? this.#adopted : [...this.#adopted, this.#own];
  }

  async #ownSession(): Promise<Session> {
    this.#own ??= await createSession(this.#options.dir, this.#options.bot);
    return this.#own;
  }

  async #adopt(): Promise<void> {
    const own = new Set(this.#sessions().map(({ path }) => path));
    let place = this.#head === undefined ? 0 : 1;
    for (const session of await adoptSessions(this.#options.dir, this.#options.bot, own)) {
      const segments = await segmentsOf(session);
      if (segments.length === 0) {
        await releaseSession(session, true);
        continue;
      }
      this.#adopted.push(session);
      this.#segments.splice(place, 0, ...segments);
      place += segments.length;
    }
  }

  /** Another process took the session over, so what is in it is that one's to send. Other errors are thrown on. */
  #lost(session: Session, error: unknown): void {
    if (!isMissing(error)) throw error;
    this.#segments = this.#segments.filter((segment) => segment.session !== session);
    this.#adopted = this.#adopted.filter((other) => other !== session);
    if (this.#head?.segment.session === session) this.#head = undefined;
    if (this.#own === session) {
      this.#own = undefined;
      this.#writing = undefined;
    }
  }

  #fitting(lines: readonly string[]): readonly string[] {
    let room = this.#options.maxBytes - this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
    const end = lines.findIndex((line) => {
      room -= Buffer.byteLength(line) + 1;
      return room < 0;
    });
    return end === -1 ? lines : lines.slice(0, end);
  }

  async #segmentToWrite(): Promise<Segment> {
    if (this.#writing !== undefined && this.#writing.bytes < this.#options.segmentBytes) return this.#writing;
    const segment = newSegment(await this.#ownSession(), ++this.#lastNumber);
    this.#segments.push(segment);
    this.#writing = segment;
    return segment;
  }

  async #write(segment: Segment, lines: readonly string[]): Promise<void> {
    const text = joinedLines(lines);
    try {
      await appendFile(segment.path, text, { mode: 0o600 });
    } catch (error) {
      // The file may end in half a line now, so nothing more goes there.
      this.#writing = undefined;
      if (isMissing(error)) this.#lost(segment.session, error);
      throw error;
    }
    segment.bytes += Buffer.byteLength(text);
    segment.lines += lines.length;
  }

  async #loadHead(): Promise<Head | undefined> {
    while (this.#head === undefined || this.#head.sent >= this.#head.lines.length) {
      if (this.#head !== undefined) await this.#finish(this.#head.segment);
      const segment = this.#segments[0];
      if (segment === undefined) return undefined;
      // What comes now goes to a new file: this one is read once.
      if (segment === this.#writing) this.#writing = undefined;
      await this.#load(segment);
    }
    return this.#head;
  }

  async #load(segment: Segment): Promise<void> {
    try {
      const { lines, broken } = await readSegment(segment);
      segment.lines = lines.length;
      this.#head = { segment, lines, sent: 0 };
      if (broken > 0) this.#options.onBroken(broken);
    } catch (error) {
      segment.failures++;
      if (!isMissing(error) && segment.failures < READ_ATTEMPTS) throw error;
      // Set aside, so that it does not stand in the way of all that follows; the file stays for whoever can read it.
      this.#segments = this.#segments.filter((other) => other !== segment);
      this.#options.onBroken(segment.lines);
      this.#options.onError(error);
    }
  }

  async #finish(segment: Segment): Promise<void> {
    if (this.#head?.segment === segment) this.#head = undefined;
    if (this.#writing === segment) this.#writing = undefined;
    this.#segments = this.#segments.filter((other) => other !== segment);
    await unlink(segment.path).catch((error: unknown) => {
      if (!isMissing(error)) this.#options.onError(error);
    });
    const { session } = segment;
    if (session === this.#own || this.#segments.some((other) => other.session === session)) return;
    this.#adopted = this.#adopted.filter((other) => other !== session);
    await releaseSession(session, true).catch(this.#options.onError);
  }
}
