import { type Micros, micros } from "../base/time.ts";
import type { BotState } from "./bot-state.ts";
import type { Command, Course } from "./control/control-state.ts";
import type { DeskState, FeedState, KeptEdge } from "./desk-state.ts";
import type { State } from "./fold.ts";

const NEVER = micros(0);

/**
 * The state as if nobody had noted when its facts were received: what two hubs that were told the same at different
 * times have in common. The state itself stays as it is.
 */
export function withoutReceipts({ desk, bots, samples }: State): State {
  return { desk: deskWithout(desk), bots: mapped(bots, botWithout), samples };
}

const botWithout = (bot: BotState): BotState => ({
  ...bot,
  stoppedAt: NEVER,
  lastFactAt: NEVER,
  lastLiveAt: NEVER,
  oddTimes: 0,
});

const deskWithout = (desk: DeskState): DeskState => ({
  ...desk,
  edges: mapped(desk.edges, (edge): KeptEdge => ({ ...edge, receivedAt: NEVER })),
  feeds: mapped(desk.feeds, (feed): FeedState => ({ ...feed, at: NEVER, lastGapAt: neverOf(feed.lastGapAt) })),
  commands: mapped(desk.commands, (command): Command => ({ ...command, issuedAt: NEVER })),
  courses: mapped(desk.courses, courseWithout),
  reachedBots: mapped(desk.reachedBots, () => NEVER),
});

const courseWithout = (course: Course): Course => ({
  ...course,
  begunAt: NEVER,
  deliveredAt: neverOf(course.deliveredAt),
  acknowledgedAt: neverOf(course.acknowledgedAt),
  verifiedAt: neverOf(course.verifiedAt),
});

/** Whether it happened is a fact; when that was received is not. */
const neverOf = (at: Micros | undefined): Micros | undefined => (at === undefined ? undefined : NEVER);

const mapped = <T>(map: ReadonlyMap<string, T>, made: (value: T) => T): Map<string, T> =>
  new Map([...map].map(([key, value]) => [key, made(value)]));
