import type { SocketEnd, SocketHandlers, SocketPort } from "../core/ports.ts";
import type { RecordedConnection, VenueRecord } from "./record.ts";
import { isSameRequest, targetOf } from "./target.ts";

interface Asked {
  readonly venue: string;
  readonly target: string;
  readonly handlers: SocketHandlers;
}

type SocketRecord = Extract<VenueRecord, { kind: "segment" | "opened" | "frame" | "ping" | "ended" }>;

/** The sockets of a recording: one that is asked for gets the next recorded connection to the same address. */
export class PlayedSockets {
  /** Frames that came. */
  frames = 0;
  /** Those of them that nobody listened to. */
  unheard = 0;
  /** The oldest first. */
  readonly #asked = new Set<Asked>();
  readonly #open = new Map<string, Asked | undefined>();

  port(venue: string): SocketPort {
    return ({ url }, handlers) => {
      const asked: Asked = { venue, target: targetOf(url), handlers };
      this.#asked.add(asked);
      return {
        // What was sent is not in a recording; the answers to it are.
        send: () => this.#isOpen(asked),
        close: () => this.#forget(asked),
      };
    };
  }

  isAsked(venue: string, target: string): boolean {
    return this.#next(venue, target) !== undefined;
  }

  deliver(record: SocketRecord): void {
    switch (record.kind) {
      case "segment":
        return this.#begin(record.open);
      case "opened":
        if (!this.#open.has(record.connection)) this.#opened(record.connection, record.venue, record.target);
        return;
      case "frame": {
        this.frames++;
        const asked = this.#open.get(record.connection);
        if (asked === undefined) this.unheard++;
        else asked.handlers.onFrame(record.text, record.at);
        return;
      }
      case "ping":
        return this.#open.get(record.connection)?.handlers.onPing();
      case "ended": {
        const { reason, status, code } = record;
        return this.#ended(record.connection, {
          reason,
          ...(status === undefined ? {} : { status }),
          ...(code === undefined ? {} : { code }),
        });
      }
    }
  }

  /** A segment says what is open: what it does not name ended untold, with a recorder that was killed. */
  #begin(open: readonly RecordedConnection[]): void {
    const named = new Set(open.map(({ connection }) => connection));
    for (const connection of [...this.#open.keys()]) {
      if (!named.has(connection)) this.#ended(connection, { reason: "the recording was interrupted" });
    }
    for (const { connection, venue, target } of open) {
      if (!this.#open.has(connection)) this.#opened(connection, venue, target);
    }
  }

  #ended(connection: string, end: SocketEnd): void {
    const asked = this.#open.get(connection);
    this.#open.delete(connection);
    asked?.handlers.onEnd(end);
  }

  #opened(connection: string, venue: string, target: string): void {
    const asked = this.#next(venue, target);
    this.#open.set(connection, asked);
    if (asked === undefined) return;
    this.#asked.delete(asked);
    asked.handlers.onOpen();
  }

  #next(venue: string, target: string): Asked | undefined {
    for (const asked of this.#asked) if (asked.venue === venue && isSameRequest(target, asked.target)) return asked;
    return undefined;
  }

  #isOpen(asked: Asked): boolean {
    for (const other of this.#open.values()) if (other === asked) return true;
    return false;
  }

  #forget(asked: Asked): void {
    this.#asked.delete(asked);
    for (const [connection, other] of this.#open) if (other === asked) this.#open.set(connection, undefined);
  }
}
