import type { ReactNode } from "react";
import type { BotView } from "../../protocol/api.ts";
import { botCondition, toldOtherwise } from "../../view/bot-condition.ts";
import type { StateMark } from "../../view/health-lines.ts";
import { type Beat, heartbeatBar, heartbeatWords } from "../../view/heartbeat-bar.ts";
import type { Tone } from "../../view/shown.ts";
import { modeBadge } from "../../view/trading-mode.ts";
import type { Stamped } from "../live/desk-store.ts";
import { useCell, useDesk, useElapsedS } from "../live/use-desk.ts";
import { toneClass } from "./value.tsx";

/** A sign and its word in the colour of its tone. */
export function Mark({ mark, title }: { readonly mark: StateMark; readonly title?: string }): ReactNode {
  return (
    <span className={`whitespace-nowrap ${toneClass(mark.tone)}`} title={title}>
      <span aria-hidden="true">{mark.sign}</span> {mark.word}
    </span>
  );
}

/** The condition of a bot, its sentence on hover; and what it may do where it says otherwise. */
export function BotMark({ bot: { data } }: { readonly bot: Stamped<BotView> }): ReactNode {
  const condition = botCondition(data);
  const told = toldOtherwise(data);
  if (told === undefined) return <Mark mark={condition} title={condition.detail} />;
  const words = `told to be ${told.word}, and does not say that it is`;
  return (
    <span className="whitespace-nowrap">
      <Mark mark={condition} title={condition.detail} />{" "}
      <span className={toneClass(told.tone)} title={words} data-told={told.word}>
        <span aria-hidden="true">→ {told.sign}</span>
        <span className="sr-only">{words}</span>
      </span>
    </span>
  );
}

/** The sentence about a bot's condition; its ages go on by themselves. */
export function BotSentence({ bot }: { readonly bot: Stamped<BotView> }): ReactNode {
  return <>{botCondition(bot.data, useElapsedS(bot.atMs)).detail}</>;
}

const badgeClasses: Record<BotView["mode"], string> = {
  live: "border-n7 text-n11",
  paper: "border-paper bg-paper/15 text-paper",
  simulate: "border-paper bg-paper/15 text-paper",
  demo: "border-demo bg-demo/15 text-demo",
};

/** The badge of a trading mode, with how many bots are in it when asked to. Nothing in a replay says LIVE. */
export function ModeBadge({ mode, bots }: { readonly mode: BotView["mode"]; readonly bots?: number }): ReactNode {
  const replayed = useDesk().source !== undefined;
  if (replayed && mode === "live") return null;
  const badge = modeBadge(mode);
  return (
    <span className={`whitespace-nowrap rounded border px-1.5 font-medium text-12 tracking-wide ${badgeClasses[mode]}`}>
      {badge.label}
      {bots !== undefined && <span className="font-normal"> {bots}</span>}
    </span>
  );
}

/** The badge of a row that is in another mode than the desk itself: what all of it is stands in the strip. */
export function RowMode({ mode }: { readonly mode: BotView["mode"] }): ReactNode {
  const about = useCell(useDesk().about);
  return mode === (about?.mode ?? "live") ? null : <ModeBadge mode={mode} />;
}

/** What a chart is of, where that is not the live desk: a picture of it is never mistaken. */
export function SourceBadge({ mode }: { readonly mode: BotView["mode"] }): ReactNode {
  const isReplay = useDesk().source !== undefined;
  return (
    <>
      {isReplay && <span className="replay-badge">REPLAY</span>}
      {mode !== "live" && <ModeBadge mode={mode} />}
    </>
  );
}

const beatClasses: Record<Beat, string> = {
  none: "h-1 bg-n6",
  few: "h-2.5 bg-stale",
  full: "h-4 bg-ok/80",
};

/** The minutes of a bot, one beat each: tall and green enough contacts, lower and amber few, a stub none. */
export function HeartbeatBar({ bot }: { readonly bot: BotView }): ReactNode {
  const words = heartbeatWords(bot.contacts_per_minute);
  const beats = heartbeatBar(bot.contacts_per_minute, bot.expected_interval_s);
  return (
    <span role="img" aria-label={words} title={words} className="flex h-4 w-full min-w-0 items-end gap-px align-middle">
      {beats.map((beat, minute) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a beat is its minute
        <span key={minute} className={`min-w-0.5 max-w-1.5 flex-1 rounded-[1px] ${beatClasses[beat]}`} />
      ))}
    </span>
  );
}

/** A share of the largest, as a thin bar; the number beside it says the same. */
export function ShareBar({
  share,
  tone = "neutral",
}: {
  readonly share: number | undefined;
  readonly tone?: Tone;
}): ReactNode {
  if (share === undefined) return null;
  return (
    <div className={`bar ${toneClass(tone)}`} aria-hidden="true">
      <span style={{ width: `${Math.round(share * 1000) / 10}%` }} />
    </div>
  );
}
