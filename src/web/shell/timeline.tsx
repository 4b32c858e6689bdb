import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { eventClock, momentAt, type ReplaySpan, shareAfterKey, shareOf } from "../../view/replay-clock.ts";
import { nextFrame } from "../live/next-frame.ts";

/** Keys that are held seek once they rest. */
const KEY_REST_MS = 160;

interface TimelineProps {
  readonly span: ReplaySpan;
  /** Seeks to a moment (ISO-8601); resolves when the hub has answered. */
  readonly seek: (to: string) => Promise<void>;
}

/** The stretch that a replay covers, with the place where its clock is: click, drag, arrows, Page keys, Home and End. */
export function Timeline({ span, seek }: TimelineProps): ReactNode {
  const track = useRef<HTMLDivElement>(null);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [wanted, setWanted] = useState<number>();
  useEffect(() => () => clearTimeout(rest.current), []);
  const share = wanted ?? shareOf(span);
  const go = async (to: number): Promise<void> => {
    setWanted(to);
    await seek(momentAt(span, to));
    // The desk shows with the next picture where the replay is now; until then it would be seen where it was.
    nextFrame(() => setWanted((now) => (now === to ? undefined : now)));
  };
  const shareAt = (event: PointerEvent): number => {
    const box = track.current?.getBoundingClientRect();
    return box === undefined || box.width === 0 ? 0 : Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = shareAfterKey(event.key, share);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setWanted(to);
    clearTimeout(rest.current);
    rest.current = setTimeout(() => void go(to), KEY_REST_MS);
  };
  const now = momentAt(span, share);
  return (
    <div
      ref={track}
      role="slider"
      tabIndex={0}
      aria-label="Time in the replay"
      aria-valuemin={Math.round(span.fromMs / 1000)}
      aria-valuemax={Math.round(span.toMs / 1000)}
      aria-valuenow={Math.round(Date.parse(now) / 1000)}
      aria-valuetext={`${eventClock(Date.parse(now))} UTC`}
      data-share={share.toFixed(4)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setWanted(shareAt(event));
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) setWanted(shareAt(event));
      }}
      onPointerUp={(event) => void go(shareAt(event))}
      onPointerCancel={() => setWanted(undefined)}
      className="timeline"
    >
      <div className="timeline-track">
        <div className="timeline-played" style={{ width: `${share * 100}%` }} />
      </div>
      <div className="timeline-head" style={{ left: `${share * 100}%` }} />
      {wanted !== undefined && (
        <span className="timeline-note" style={{ left: `${Math.min(88, Math.max(12, share * 100))}%` }}>
          {eventClock(Date.parse(now))}
        </span>
      )}
    </div>
  );
}
