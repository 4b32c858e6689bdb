import { type Micros, isoFromMicros } from "../base/time.ts";
import type { SessionView } from "../protocol/api-sessions.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { readLiveness } from "./liveness.ts";
import { HUB_BOT } from "./read-bots.ts";
import { type OpenSession, type Session, sessionOf } from "./sessions.ts";

/** What sessions are asked for; all that are given must hold. */
export interface SessionFilter {
  readonly bot?: string | undefined;
  readonly mode?: string | undefined;
  /** Sessions that were still under way at this moment of the bot's time, or later. */
  readonly from?: Micros | undefined;
  /** Sessions that began before it. */
  readonly to?: Micros | undefined;
}

/**
 * The sessions of every bot as of a moment, newest first by their first fact. One goes on while its bot does: it has
 * not stopped, and is heard.
 */
export function readSessions(state: State, asOf: Micros, filter: SessionFilter): SessionView[] {
  const views: SessionView[] = [];
  for (const [name, bot] of state.bots)
    if (name !== HUB_BOT && (filter.bot === undefined || name === filter.bot))
      views.push(...ofBot(state, bot, { asOf, filter }));
  return views.sort((a, b) => b.from_seq - a.from_seq);
}

/** The mode in which all is that bots told; undefined when they told nothing, or of several. */
export function onlyMode({ bots }: Pick<State, "bots">): Mode | undefined {
  const modes = new Set<Mode>();
  for (const [name, { openSessions }] of bots) {
    // Of each mode that a bot was ever in the newest session stands among the open ones.
    if (name !== HUB_BOT) for (const { mode } of openSessions) modes.add(mode);
  }
  return modes.size === 1 ? [...modes][0] : undefined;
}

function ofBot(
  state: State,
  bot: BotState,
  options: { readonly asOf: Micros; readonly filter: SessionFilter },
): SessionView[] {
  const { asOf, filter } = options;
  const over = [...bot.sessions.values()].filter((session) => fits(session, filter));
  const open = bot.openSessions.filter((session) => fits(session, filter));
  const goesOn = open.length > 0 && isHeard(state, bot, asOf);
  return [
    ...over.map((session) => viewOf(bot, session, false)),
    ...open.map((session) => viewOf(bot, sessionOf(session), goesOn && mayGoOn(session))),
  ];
}

function isHeard(state: State, bot: BotState, asOf: Micros): boolean {
  const { liveness } = readLiveness(bot, state.samples.contacts.get(bot.bot), asOf);
  return liveness === "alive" || liveness === "stale";
}

const mayGoOn = (session: OpenSession): boolean => !session.imported && !session.stopped;

const fits = (session: Session | OpenSession, { mode, from, to }: SessionFilter): boolean =>
  (mode === undefined || session.mode === mode) &&
  (from === undefined || session.to >= from) &&
  (to === undefined || session.from < to);

const viewOf = ({ bot }: BotState, session: Session, goesOn: boolean): SessionView => ({
  session_id: `${bot}:${session.fromSeq}`,
  bot,
  mode: session.mode,
  from: isoFromMicros(session.from),
  to: goesOn ? null : isoFromMicros(session.to),
  from_seq: session.fromSeq,
  to_seq: session.toSeq,
  facts: session.facts,
  fills: session.fills,
  imported: session.imported,
  ...(session.version === undefined ? {} : { version: session.version }),
  ...(session.reason === undefined ? {} : { reason: session.reason }),
});
