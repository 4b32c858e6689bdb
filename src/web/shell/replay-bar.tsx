import type { ReactNode } from "react";
import type { ReplayView } from "../../protocol/api-sessions.ts";
import { count } from "../../view/number-format.ts";
import { eventClock, replayMark, replaySpan, replaySpeeds, speedText } from "../../view/replay-clock.ts";
import { Mark } from "../parts/marks.tsx";
import { Timeline } from "./timeline.tsx";
import type { Transport } from "./use-transport.ts";

interface ReplayBarProps {
  /** Undefined until the hub has said how it stands. */
  readonly replay: ReplayView | undefined;
  readonly transport: Transport;
}

/** Above everything while a replay is watched: what it is, its clock, and how to move in it. */
export function ReplayBar({ replay, transport }: ReplayBarProps): ReactNode {
  return (
    <section aria-label="Replay" data-replay-bar="" className="replay-bar">
      <div className="flex w-full flex-wrap items-center gap-x-3 gap-y-1.5">
        <span className="replay-badge max-sm:hidden">REPLAY</span>
        {replay === undefined ? (
          <span className="text-n10">◌ asking the hub</span>
        ) : (
          <Moves replay={replay} transport={transport} />
        )}
        <button
          type="button"
          onClick={() => void transport.leave()}
          className="ml-auto whitespace-nowrap rounded border border-stale px-2 py-0.5 text-n12 hover:bg-stale/20"
        >
          Leave replay
        </button>
      </div>
      {replay !== undefined && <Course replay={replay} transport={transport} />}
      {transport.trouble !== undefined && (
        <p role="alert" className="w-full text-n12">
          <span className="text-bad">⚠ Not done.</span> {transport.trouble}
        </p>
      )}
    </section>
  );
}

const buttonClass =
  "min-w-8 whitespace-nowrap rounded border border-n6 bg-n2 px-2 py-0.5 text-n12 hover:bg-n4 disabled:opacity-60";

function Moves({
  replay,
  transport: { tell, toggle },
}: {
  readonly replay: ReplayView;
  readonly transport: Transport;
}): ReactNode {
  const idle = replay.state === "preparing" || replay.state === "failed";
  const playing = replay.state === "playing";
  return (
    <>
      <span className="flex items-center gap-1.5">
        <button
          type="button"
          disabled={idle}
          onClick={() => toggle(replay)}
          aria-keyshortcuts="Space"
          className={`${buttonClass} min-w-20`}
        >
          {playing ? "‖ Pause" : replay.state === "ended" ? "↺ Again" : "▶ Play"}
        </button>
        <button
          type="button"
          disabled={idle || replay.state === "ended"}
          onClick={() => void tell({ action: "step", events: 1 })}
          aria-keyshortcuts="."
          title="one event further"
          className={buttonClass}
        >
          Step
        </button>
      </span>
      <fieldset className="flex items-center gap-px rounded border border-n6 p-px" aria-label="Speed">
        {replaySpeeds.map((speed) => (
          <button
            key={speed}
            type="button"
            disabled={idle}
            aria-pressed={replay.speed === speed}
            onClick={() => void tell({ action: "speed", speed })}
            className="rounded px-1.5 text-n10 hover:bg-n4 hover:text-n12 aria-pressed:bg-n6 aria-pressed:font-medium aria-pressed:text-n12"
          >
            {speedText(speed)}
          </button>
        ))}
      </fieldset>
      <Mark mark={replayMark(replay.state)} {...(replay.detail === undefined ? {} : { title: replay.detail })} />
    </>
  );
}

function Course({
  replay,
  transport: { tell },
}: {
  readonly replay: ReplayView;
  readonly transport: Transport;
}): ReactNode {
  const span = replaySpan(replay);
  if (span === undefined) return <p className="w-full text-n10">The log holds nothing to play.</p>;
  return (
    <div className="grid w-full grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 max-sm:grid-cols-2">
      <span className="whitespace-nowrap font-medium text-n12" data-replay-clock="">
        {eventClock(span.atMs)} <span className="font-normal text-12 text-n9">UTC</span>
      </span>
      <div className="max-sm:order-last max-sm:col-span-2">
        <Timeline span={span} seek={(to) => tell({ action: "seek", to })} />
      </div>
      <span className="whitespace-nowrap text-right text-12 text-n9">
        <span title="events played, of all">
          {count(replay.played).text} / {count(replay.events).text}
        </span>
        <span className="max-md:hidden"> · ends {eventClock(span.toMs)}</span>
      </span>
    </div>
  );
}
