import type { Socket } from "node:net";
import { openSocket } from "./connection.ts";
import { readAnswer } from "./http-answer.ts";
import type { Answer } from "./outcome.ts";

const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const READ_BYTES = 16 * 1024;
const NO_BYTES = Buffer.alloc(0);

/**
 * One request after another over one connection that is kept open and never keeps the process alive. By hand, because a
 * bot notices the difference: `node:http` takes several times as long for a request.
 */
export class RequestLine {
  readonly #url: URL;
  #wire: Wire | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timeoutMs = 0;
  #closed = false;

  /** Only the address of the connection is taken from the URL. */
  constructor(url: URL) {
    this.#url = url;
  }

  /** Sends a whole request, head and body. Rejects when no answer came in time. One at a time. */
  async send(request: string, timeoutMs: number): Promise<Answer> {
    if (this.#closed) throw new Error("the connection was closed by the bot");
    const used = this.#wire !== undefined;
    try {
      return await this.#attempt(request, timeoutMs);
    } catch (error) {
      // The hub closed the idle connection just as it was used again: that says nothing about the hub.
      if (used && !this.#closed && error instanceof LineLost) return this.#attempt(request, timeoutMs);
      throw error;
    }
  }

  /** Ends what is under way and lets go of the connection. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#wire?.end();
  }

  #attempt(request: string, timeoutMs: number): Promise<Answer> {
    this.#wire ??= new Wire(this.#url, (ended) => this.#forget(ended));
    this.#watch(timeoutMs);
    return this.#wire.exchange(request);
  }

  #forget(ended: Wire): void {
    if (this.#wire === ended) this.#wire = undefined;
  }

  /** The timer stays when an answer has come, and finds nothing to end: to start it again is cheaper than another. */
  #watch(timeoutMs: number): void {
    if (this.#timer !== undefined && timeoutMs === this.#timeoutMs) {
      this.#timer.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#timeoutMs = timeoutMs;
    this.#timer = setTimeout(() => this.#wire?.giveUp(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    this.#timer.unref();
  }
}

/** The hub closed the line before it said anything: on a line that was used before, that says nothing about the hub. */
class LineLost extends Error {
  override readonly name = "LineLost";
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** One connection, until it ends. */
class Wire {
  readonly #socket: Socket;
  readonly #onEnd: (wire: Wire) => void;
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  /** What came of an answer so far, when it did not come at once. */
  #received: Buffer = NO_BYTES;
  #waiting: Waiting | undefined;
  #failure: Error | undefined;

  constructor(url: URL, onEnd: (wire: Wire) => void) {
    this.#onEnd = onEnd;
    this.#socket = openSocket(url, { buffer: this.#buffer, take: (bytes) => this.#take(bytes) });
    this.#socket.on("error", (error) => {
      this.#failure ??= error;
    });
    this.#socket.on("close", () => this.#closed());
  }

  exchange(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#received = NO_BYTES;
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  /** Ends the request under way, if there is one. */
  giveUp(error: Error): void {
    if (this.#waiting === undefined) return;
    this.#settle()?.reject(error);
    this.end();
  }

  /** A request under way rejects when the connection is closed. */
  end(): void {
    this.#onEnd(this);
    this.#socket.destroy();
  }

  #take(bytes: number): void {
    const came = this.#buffer.subarray(0, bytes);
    // What nobody asked for: whose answer the next one is could not be told.
    if (this.#waiting === undefined) this.end();
    else if (this.#received.length === 0) this.#read(came, false);
    else this.#read(Buffer.concat([this.#received, came]), false);
  }

  #read(received: Buffer, closed: boolean): void {
    try {
      const whole = readAnswer(received, closed);
      if (whole === undefined) {
        if (received.length > ANSWER_BYTES_MAX) throw new Error("the answer is too large");
        this.#received = received.buffer === this.#buffer.buffer ? Buffer.from(received) : received;
        return;
      }
      if (!whole.reusable) this.end();
      this.#settle()?.resolve(whole.answer);
    } catch (error) {
      this.end();
      this.#settle()?.reject(error);
    }
  }

  #closed(): void {
    this.#onEnd(this);
    if (this.#waiting === undefined) return;
    if (this.#failure === undefined) this.#read(this.#received, true);
    const why = this.#failure?.message ?? "the connection was lost before the answer was whole";
    // Without effect when the end of the connection was the end of the answer.
    this.#settle()?.reject(this.#received.length === 0 ? new LineLost(why) : new Error(why));
  }

  #settle(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}
