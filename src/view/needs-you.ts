import type { BotView, HealthAnswer } from "../protocol/api.ts";
import type { CommandCourse, CommandView } from "../protocol/api-control.ts";
import type { EquityRow } from "../protocol/api-money.ts";
import type { ReconciliationAnswer } from "../protocol/api-reconciliation.ts";
import { botCondition } from "./bot-condition.ts";
import { counted } from "./command-proof.ts";
import { limitUse } from "./equity-rows.ts";
import { hubTroubles, venueMark, venueSentence } from "./health-lines.ts";
import { fixed } from "./number-format.ts";
import { printable } from "./printable.ts";
import type { Tone } from "./shown.ts";

/** Something that somebody has to look at, and the page that tells all of it. */
export interface Need {
  readonly key: string;
  readonly sign: string;
  readonly tone: Extract<Tone, "bad" | "stale">;
  /** What it is of: a bot, a venue, a command. */
  readonly of: string;
  /** A sentence: what was seen. */
  readonly says: string;
  readonly to: "/bots/$bot" | "/controls" | "/health" | "/reconciliation";
  /** The bot whose page it is, for `/bots/$bot`. */
  readonly bot?: string;
}

/** What is known of the desk by now; what has not come yet is absent. */
export interface DeskSeen {
  readonly bots: readonly Came<BotView>[];
  readonly commands: readonly CommandView[];
  readonly health: Came<Pick<HealthAnswer, "venues" | "hub">> | undefined;
  /** What bots and venues reported of their equity, beside its limits. */
  readonly equity: readonly EquityRow[] | undefined;
  readonly reconciliation: Pick<ReconciliationAnswer, "reconciliation" | "accounts"> | undefined;
  /** Seconds that have gone by since a local time (ms). */
  readonly elapsedS: (atMs: number) => number;
}

/** Something with the local time (ms) at which it came: ages in it count from there. */
interface Came<T> {
  readonly data: T;
  readonly atMs: number;
}

/** What needs somebody now: of the hub, commands, bots, losses, feeds and accounts, what is bad before what is only late. */
export function needsYou(seen: DeskSeen): readonly Need[] {
  const needs = [
    ...hubNeeds(seen),
    ...commandNeeds(seen),
    ...botNeeds(seen),
    ...riskNeeds(seen),
    ...feedNeeds(seen),
    ...accountNeeds(seen),
  ];
  return needs.toSorted((a, b) => Number(a.tone === "stale") - Number(b.tone === "stale"));
}

const hubNeeds = ({ health }: DeskSeen): Need[] =>
  (health === undefined ? [] : hubTroubles(health.data.hub)).map((says) => ({
    ...{ key: `hub ${says}`, sign: "⚠", tone: "bad", of: "hub", says, to: "/health" },
  }));

/** Of commands that still hold what they hold: what is over needs nobody. */
const commandNeeds = ({ commands }: DeskSeen): Need[] =>
  commands
    .filter(({ standing }) => standing)
    .flatMap(({ command_id: id, action, bots }) =>
      bots.flatMap((course): Need[] => {
        const says = courseSays(action, course);
        if (says === undefined) return [];
        return [{ key: `command ${id} ${course.bot}`, sign: "⚠", tone: "bad", of: course.bot, says, to: "/controls" }];
      }),
    );

/** What went wrong with a command and a bot; undefined while nothing did. A later step waits for the one before. */
function courseSays(action: CommandView["action"], course: CommandCourse): string | undefined {
  if (course.error !== null) return `Could not ${action}: ${course.error}`;
  if (course.orders_since > 0)
    return `${counted(course.orders_since, "order")} placed after it acknowledged to ${action}`;
  const missing = course.late.find((step) => course[`${step}_at`] === null);
  return missing === undefined ? undefined : `Told to ${action} and late: not ${missing} yet`;
}

const botNeeds = ({ bots, elapsedS }: DeskSeen): Need[] =>
  bots.flatMap(({ data, atMs }): Need[] => {
    const { bot, control, status } = data;
    const { word, sign, tone, detail: says } = botCondition(data, elapsedS(atMs));
    // What it was told to be, it may be.
    const isAsked = (word === "paused" || word === "reducing") && control?.state === status;
    if ((tone !== "bad" && tone !== "stale") || isAsked) return [];
    return [{ key: `bot ${bot}`, sign, tone, of: bot, says, to: "/bots/$bot", bot }];
  });

/** Of bots that trade: what has stopped loses nothing more. */
const riskNeeds = ({ bots, equity }: DeskSeen): Need[] =>
  bots.flatMap(({ data }): Need[] => {
    const { bot, mode, risk } = data;
    if (botCondition(data).word === "stopped") return [];
    const about = { key: `risk ${bot}`, of: bot, to: "/bots/$bot", bot } as const;
    const rows = (equity ?? []).filter((row) => row.bot === bot && row.mode === mode);
    const asAWhole = rows.filter(({ venue }) => venue === null).flatMap(lossesOver);
    const over = asAWhole.length > 0 ? asAWhole : rows.flatMap(lossesOver);
    if (over.length > 0) return [{ ...about, sign: "⚠", tone: "bad", says: over.join("; ") }];
    const told = [...(risk["order_book_stale"] === true ? ["its order book is stale"] : []), ...reasonsTold(risk)];
    return told.length === 0 ? [] : [{ ...about, sign: "⚠", tone: "stale", says: `Reports risk: ${told.join(", ")}` }];
  });

function lossesOver({ venue, ...row }: EquityRow): string[] {
  const where = venue === null ? "" : ` on ${venue}`;
  return (
    [
      ["Drawdown", row.drawdown, row.drawdown_limit],
      ["Loss of the day", row.daily_loss, row.daily_loss_limit],
    ] as const
  ).flatMap(([what, loss, limit]) => {
    const { word, shown } = limitUse(loss, limit);
    return word === "over" ? [`${what}${where} ${shown.text} %, limit ${fixed(limit * 100, 1)} %`] : [];
  });
}

/** Why the bot itself says that it is at risk. */
function reasonsTold({ risk_reasons: reasons }: BotView["risk"]): string[] {
  return Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === "string").map(printable) : [];
}

function feedNeeds({ health, elapsedS }: DeskSeen): Need[] {
  if (health === undefined) return [];
  const goneS = elapsedS(health.atMs);
  return health.data.venues.flatMap((feed): Need[] => {
    const { sign, tone } = venueMark(feed);
    if (tone !== "bad" && tone !== "stale") return [];
    return [{ key: `feed ${feed.venue}`, sign, tone, of: feed.venue, says: venueSentence(feed, goneS), to: "/health" }];
  });
}

function accountNeeds({ reconciliation }: DeskSeen): Need[] {
  if (reconciliation === undefined) return [];
  const to = "/reconciliation";
  const differing = reconciliation.reconciliation.filter(({ state }) => state === "differs");
  const where = [...new Set(differing.map(({ venue }) => venue))];
  return [
    ...where.map((venue): Need => {
      const n = differing.filter((row) => row.venue === venue).length;
      const says = `${n} ${n === 1 ? "quantity differs" : "quantities differ"} between ledger and venue`;
      return { key: `differs ${venue}`, sign: "⚠", tone: "bad", of: venue, says, to };
    }),
    ...reconciliation.accounts.flatMap(({ venue, problem: says }): Need[] =>
      says === null ? [] : [{ key: `account ${venue} ${says}`, sign: "⚠", tone: "stale", of: venue, says, to }],
    ),
  ];
}
