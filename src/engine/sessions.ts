import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import type { Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode } from "./bot-state.ts";

/** A span of a bot's life, in its own time. */
export interface Session {
  readonly mode: Mode;
  /** Told by a file, not by the bot itself. */
  readonly imported: boolean;
  readonly from: Micros;
  readonly fromSeq: number;
  readonly to: Micros;
  readonly toSeq: number;
  readonly facts: number;
  readonly fills: number;
  readonly version: string | undefined;
  readonly reason: string | undefined;
}

/** A session that may go on. Changed in place: it belongs to the core of the bot's state, which is copied at once. */
export interface OpenSession {
  readonly mode: Mode;
  readonly imported: boolean;
  /** Began with `bot.started`: no silence ends it. */
  readonly declared: boolean;
  /** `bot.stopped` was said: only what came with it still belongs to it. */
  stopped: boolean;
  from: Micros;
  readonly fromSeq: number;
  to: Micros;
  toSeq: number;
  facts: number;
  fills: number;
  version: string | undefined;
  reason: string | undefined;
}

const SESSIONS_KEPT = 200;
/** Undeclared facts further apart than this are of two sessions. */
const SILENCE_MICROS = 6 * 3_600 * MICROS_PER_SECOND;
/** A last flush may still arrive with or just after `bot.stopped`. */
const GOODBYE_MICROS = 2 * MICROS_PER_SECOND;

/**
 * Takes one fact into the sessions of its bot. What the bot says and what files tell of it are sessions beside each other,
 * and so is each mode: an import of last year does not stretch today's.
 */
export function noteSession(state: BotState, recorded: Recorded, mode: Mode, imported: boolean): void {
  const { event, ts, seq } = recorded;
  let session = openSession(state, mode, imported);
  const isFact = recorded.standing === "fact";
  const starts = isFact && event.type === "bot.started";
  if (session !== undefined && (starts || isOver(session, ts))) {
    close(state, session);
    session = undefined;
  }
  if (session === undefined) {
    session = begun({ mode, imported, declared: starts, ts, seq });
    state.openSessions.push(session);
  }
  if (ts < session.from) session.from = ts;
  if (ts > session.to) session.to = ts;
  session.toSeq = seq;
  session.facts++;
  if (isFact) noteFact(session, event);
}

function noteFact(session: OpenSession, event: DeskEvent): void {
  switch (event.type) {
    case "fill":
    case "order.filled":
      session.fills++;
      return;
    case "bot.started":
    case "bot.state":
      session.version = event.version ?? session.version;
      return;
    case "bot.stopped":
      session.version = event.version ?? session.version;
      session.reason = event.reason;
      session.stopped = true;
      return;
    default:
      return;
  }
}

/** There is one for each mode at most, of each kind. */
function openSession(state: BotState, mode: Mode, imported: boolean): OpenSession | undefined {
  for (const session of state.openSessions) if (session.mode === mode && session.imported === imported) return session;
  return undefined;
}

function isOver(session: OpenSession, ts: Micros): boolean {
  if (session.stopped) return ts > session.to + GOODBYE_MICROS;
  return !session.declared && (ts > session.to + SILENCE_MICROS || ts < session.from - SILENCE_MICROS);
}

interface Beginning {
  readonly mode: Mode;
  readonly imported: boolean;
  readonly declared: boolean;
  readonly ts: Micros;
  readonly seq: number;
}

const begun = ({ mode, imported, declared, ts, seq }: Beginning): OpenSession => ({
  mode,
  imported,
  declared,
  stopped: false,
  from: ts,
  fromSeq: seq,
  to: ts,
  toSeq: seq,
  facts: 0,
  fills: 0,
  version: undefined,
  reason: undefined,
});

function close(state: BotState, open: OpenSession): void {
  state.openSessions.splice(state.openSessions.indexOf(open), 1);
  putBounded(state.sessions, String(open.fromSeq), sessionOf(open), SESSIONS_KEPT);
}

/** An open session as it stands. */
export const sessionOf = ({ declared: _declared, stopped: _stopped, ...session }: OpenSession): Session => session;
