import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { countBots } from "../../view/bot-condition.ts";
import { exposureLevel, USUAL_LIMITS } from "../../view/exposure-level.ts";
import { controlMark, STATE_MEANS } from "../../view/control-words.ts";
import { haltCount } from "../../view/control-rows.ts";
import { countFeeds } from "../../view/health-lines.ts";
import { amount, compact, count } from "../../view/number-format.ts";
import { todayMade } from "../../view/performance-rows.ts";
import { age, utcClock } from "../../view/time-format.ts";
import { modeBadges } from "../../view/trading-mode.ts";
import { useControls } from "../live/use-controls.ts";
import { useCell, useDesk, useDeskNowMs, useNowMs } from "../live/use-desk.ts";
import { useDeskMode } from "../live/use-performance.ts";
import { MadeValue } from "../parts/made-value.tsx";
import { ModeBadge } from "../parts/marks.tsx";
import { toneClass, Value } from "../parts/value.tsx";
import { type Tone, unknownValue } from "../../view/shown.ts";
import { Menu } from "./menu.tsx";
import type { Page } from "./pages.ts";

/** The strip on top of every screen: alive, halted, today's money, exposure, feeds, refused; how we are connected, the mode and the time. */
export function Strip({ openPalette }: { readonly openPalette: () => void }): ReactNode {
  return (
    <header className="col-span-full flex flex-wrap items-center gap-x-4 gap-y-1 border-n5 border-b bg-n2 px-3 py-1.5 text-13 max-sm:gap-x-2 max-sm:text-12 xl:min-h-11">
      <Link to="/" className="whitespace-nowrap font-semibold text-14 text-n12">
        <span aria-hidden="true" className="text-up">
          ◆
        </span>{" "}
        <span className="max-[26rem]:sr-only">Deskwatch</span>
      </Link>
      <nav
        aria-label="State of the desk"
        className="order-last flex w-full min-w-0 flex-wrap gap-x-4 gap-y-1 whitespace-nowrap max-sm:contents xl:order-none xl:w-auto"
      >
        <span className="flex gap-x-4 max-sm:gap-x-2">
          <BotCountItems />
          <DeskHeldItem />
        </span>
        <span className="flex flex-wrap gap-x-4 gap-y-1 max-sm:order-last max-sm:w-full max-sm:gap-x-2">
          <TodayItem />
          <GrossItem />
          <FeedItem />
          <RejectedItem />
        </span>
      </nav>
      <div className="ml-auto flex items-center gap-1.5 whitespace-nowrap sm:gap-3">
        <ConnectionItem />
        <ModeItems />
        <Clock />
        <button
          type="button"
          onClick={openPalette}
          aria-label="Find a page, a bot or an action"
          aria-keyshortcuts="Control+K Meta+K /"
          className="rounded border border-n5 px-1.5 text-12 text-n9 hover:text-n12 max-sm:hidden"
        >
          ⌘K
        </button>
        <HaltButton />
        <Menu />
      </div>
    </header>
  );
}

interface ItemProps {
  readonly to: Page["to"];
  readonly sign: string;
  readonly value: string;
  readonly word: string;
  readonly tone: Tone;
  readonly title?: string;
  /** Sign and number say it where there is little room. */
  readonly terse?: boolean;
}

/** Loud only when there is something to look at. */
function Item({ to, sign, value, word, tone, title, terse = false }: ItemProps): ReactNode {
  return (
    <Link to={to} title={title} className="hover:text-n12">
      <span aria-hidden="true" className={toneClass(tone)}>
        {sign}
      </span>{" "}
      <span className={tone === "muted" ? "text-n9" : "font-medium text-n12"}>{value}</span>{" "}
      <span
        className={`${tone === "muted" || tone === "ok" ? "text-n9" : toneClass(tone)} ${terse ? "max-sm:sr-only" : ""}`}
      >
        {word}
      </span>
    </Link>
  );
}

function BotCountItems(): ReactNode {
  const bots = useCell(useDesk().bots);
  const replayed = useDesk().source !== undefined;
  const controlled = useCell(useDesk().controls);
  if (bots === undefined) return <span className="skeleton inline-block h-4 w-40" />;
  const counts = countBots(bots.map(({ data }) => data));
  const alarm = (value: number, tone: Tone): Tone => (value > 0 ? tone : "muted");
  const { told, said } = haltCount(controlled?.bots ?? []);
  const waits = told > said;
  return (
    <>
      <Item
        terse
        to="/bots"
        sign="●"
        value={String(counts.live)}
        word={replayed ? "were live" : "live"}
        tone={alarm(counts.live, "ok")}
      />
      <Item
        terse
        to="/bots"
        sign="◌"
        value={String(counts.stale)}
        word="stale"
        tone={alarm(counts.stale, "stale")}
        title="late with their heartbeat, or without progress"
      />
      {counts.offline > 0 && (
        <Item terse to="/bots" sign="○" value={String(counts.offline)} word="offline" tone="bad" />
      )}
      <Item
        terse
        to={replayed ? "/bots" : "/controls"}
        sign="■"
        value={waits ? `${counts.halted}/${counts.halted + told - said}` : String(counts.halted)}
        word="halted"
        tone={alarm(counts.halted + told, "bad")}
        {...(waits ? { title: `${told} are told to halt, ${told - said} of them do not say yet that they have` } : {})}
      />
    </>
  );
}

/** What holds the whole desk; nothing while nothing does. */
function DeskHeldItem(): ReactNode {
  const state = useCell(useDesk().controls)?.desk.state ?? "running";
  if (state === "running") return null;
  const { sign, word, tone } = controlMark(state);
  return (
    <Link to="/controls" search={{}} title={STATE_MEANS[state]} className="hover:text-n12" data-desk-held={state}>
      <span className={`font-medium ${toneClass(tone)}`}>
        <span aria-hidden="true">{sign}</span> desk {word}
      </span>
    </Link>
  );
}

/** Halting everything is one press and one confirmation away from every page. */
function HaltButton(): ReactNode {
  const { ask, refusal } = useControls();
  if (refusal !== undefined) return null;
  return (
    <button
      type="button"
      onClick={() => ask({ action: "halt", target: { all: true } })}
      aria-label="Halt everything"
      aria-keyshortcuts="Shift+H"
      title="Halt everything (H): asks first"
      className="control-button max-sm:hidden"
      data-action="halt"
    >
      <span aria-hidden="true">■</span> Halt
    </button>
  );
}

function TodayItem(): ReactNode {
  const today = useCell(useDesk().performance);
  const mode = useDeskMode();
  if (today === undefined) return null;
  return (
    <Link to="/performance" search={{}} className="hover:text-n12" data-today="">
      <span className="text-n9">today</span>{" "}
      <span className="font-medium">
        <MadeValue made={todayMade(today.data, mode)} />
      </span>{" "}
      <span className="text-12 text-n9 max-2xl:sr-only">(00:00 UTC)</span>
    </Link>
  );
}

function GrossItem(): ReactNode {
  const desk = useDesk();
  const exposure = useCell(desk.exposure)?.data.total;
  const limits = useCell(desk.positions)?.data.limits ?? USUAL_LIMITS;
  if (exposure === undefined) return null;
  const { gross_usd: gross } = exposure;
  const level = exposureLevel(gross, limits);
  const shown = gross === null ? unknownValue(exposure.reason ?? "no value in USD is known") : amount(gross);
  const words = `gross exposure at average cost${level === undefined ? "" : `: ${level.word}, ${level.detail}`}`;
  return (
    <Link to="/exposure" search={{}} title={words} className="hover:text-n12" data-gross="">
      <span className="text-n9">gross</span>{" "}
      <span className={level === undefined ? "text-n12" : toneClass(level.tone)}>
        {level !== undefined && <span aria-hidden="true">{level.sign} </span>}
        <Value shown={shown} />
      </span>
      <span className="text-n9 max-[26rem]:hidden">
        {" "}
        / {compact(limits.high_usd)} <span className="max-sm:sr-only">USD</span>
      </span>
    </Link>
  );
}

function FeedItem(): ReactNode {
  const health = useCell(useDesk().health);
  if (health === undefined) return null;
  const { well, all } = countFeeds(health.data.venues);
  if (all === 0) return null;
  return (
    <Item
      to="/health"
      sign={well < all ? "⚠" : "●"}
      value={`${well}/${all}`}
      word="feeds"
      tone={well < all ? "stale" : "ok"}
      title="feeds that are healthy, of those that are known"
    />
  );
}

function RejectedItem(): ReactNode {
  const health = useCell(useDesk().health);
  if (health === undefined || health.data.hub.rejected === 0) return null;
  const shown = count(health.data.hub.rejected);
  return (
    <Item
      to="/rejected"
      sign="⚠"
      value={shown.text}
      word="rejected"
      tone="stale"
      title={`${shown.full ?? shown.text} events were refused`}
    />
  );
}

function ConnectionItem(): ReactNode {
  const desk = useDesk();
  const { state, lastFrameMs } = useCell(desk.connection);
  const paused = useCell(desk.paused);
  const nowMs = useNowMs();
  if (desk.source !== undefined && state === "live") return null;
  if (state === "reconnecting") {
    const since = lastFrameMs === undefined ? "" : `, last update ${age((nowMs - lastFrameMs) / 1000)} ago`;
    return (
      <span className="text-stale" title={`The stream of the hub is lost${since}`}>
        <span aria-hidden="true">⚠</span> reconnecting
      </span>
    );
  }
  if (paused) return <span className="text-stale">‖ paused</span>;
  return state === "live" ? (
    <span title="What you see is pushed by the hub as it happens" className="text-n9">
      <span aria-hidden="true" className="text-ok">
        ●
      </span>{" "}
      <span className="max-sm:sr-only">connected</span>
    </span>
  ) : (
    <span className="text-n9">◌ connecting</span>
  );
}

function ModeItems(): ReactNode {
  const desk = useDesk();
  const bots = useCell(desk.bots);
  const demo = useCell(desk.about)?.kind === "demo";
  const badges = modeBadges((bots ?? []).map(({ data }) => data));
  return (
    <>
      {desk.source !== undefined && <span className="replay-badge">REPLAY</span>}
      {demo && !badges.some(({ mode }) => mode === "demo") && <ModeBadge mode="demo" />}
      {badges.map(({ mode, bots: each }) => (
        <ModeBadge key={mode} mode={mode} {...(badges.length > 1 ? { bots: each } : {})} />
      ))}
    </>
  );
}

function Clock(): ReactNode {
  const nowMs = useDeskNowMs();
  // A phone has a clock of its own; what a replay shows has another time.
  const isReplay = useDesk().source !== undefined;
  return (
    <time dateTime={new Date(nowMs).toISOString()} className={`text-n11 ${isReplay ? "" : "max-[26rem]:hidden"}`}>
      <Value shown={{ text: utcClock(nowMs), tone: "neutral" }} />{" "}
      <span className="text-12 text-n9 max-sm:sr-only">UTC</span>
    </time>
  );
}
