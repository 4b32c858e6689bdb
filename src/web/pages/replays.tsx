import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { ReplayView, SessionView } from "../../protocol/api-sessions.ts";
import { count } from "../../view/number-format.ts";
import { eventClock, replayMark, replaySpan, sessionRow, shareOf, speedText } from "../../view/replay-clock.ts";
import { moment } from "../../view/time-format.ts";
import { isReplays } from "../live/frames.ts";
import { HubError, readSessions, startReplay } from "../live/hub-api.ts";
import { useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { useList } from "../live/use-list.ts";
import { useRead } from "../live/use-read.ts";
import { ListEnd } from "../parts/list-end.tsx";
import { Mark, RowMode, ShareBar } from "../parts/marks.tsx";
import { Empty, Panel, Skeleton } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { type GridColumn, VirtualTable } from "../parts/virtual-table.tsx";
import { PageFrame } from "./page-frame.tsx";

const REPLAYS_EVERY_MS = 2_000;
const SESSIONS_EVERY_MS = 10_000;
const PAGE = 100;

interface Wanted {
  readonly from?: string;
  readonly to?: string;
}

/** What was recorded, to be played again; and what plays now. */
export function Replays(): ReactNode {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const start = async (wanted: Wanted): Promise<void> => {
    setBusy(true);
    try {
      const { replay_id: replay } = await startReplay(wanted);
      await navigate({ to: "/", search: { replay } });
    } catch (cause) {
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
      setBusy(false);
    }
  };
  const begin = (wanted: Wanted): void => void start(wanted);
  return (
    <PageFrame
      title="Replays"
      note="the past, played again from the log; nothing in it happens now"
      actions={
        <button
          type="button"
          disabled={busy}
          onClick={() => begin({})}
          className="rounded border border-n6 px-2 hover:bg-n4 disabled:opacity-60"
        >
          Replay everything
        </button>
      }
    >
      {trouble !== undefined && (
        <p role="alert" className="border-n4 border-b px-3 py-2">
          <span className="text-bad">⚠ The replay was not started.</span> {trouble}
        </p>
      )}
      <div className="grid grow gap-px bg-n4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Sessions busy={busy} begin={begin} />
        <Running />
      </div>
    </PageFrame>
  );
}

interface SessionsProps {
  readonly busy: boolean;
  readonly begin: (wanted: Wanted) => void;
}

const sessionKey = ({ session_id: id }: SessionView): string => id;

function Sessions({ busy, begin }: SessionsProps): ReactNode {
  const readPage = useCallback((cursor: string | undefined) => readSessions(PAGE, cursor), []);
  const { items, state, trouble, loadOlder, refresh } = useList({
    readPage,
    keyOf: sessionKey,
    everyMs: SESSIONS_EVERY_MS,
  });
  const all = useMemo(() => [...columns, actColumn(busy, begin)], [busy, begin]);
  return (
    <Panel title="Sessions" note="each from a bot's start to its stop">
      {items === undefined && state !== "failed" && <Skeleton rows={8} />}
      {items?.length === 0 && (
        <Empty title="Nothing was recorded yet">
          Every fact of a bot is kept from its first one on. An old recording comes in with{" "}
          <code>npx deskwatch import FILE</code>.
        </Empty>
      )}
      {items !== undefined && items.length > 0 && (
        <VirtualTable
          label="Sessions"
          columns={all}
          rows={items}
          rowKey={sessionKey}
          rowData={({ session_id: id }) => ({ "data-session": id })}
        />
      )}
      {(items?.length !== 0 || state === "failed") && (
        <ListEnd what="sessions" state={state} trouble={trouble} loadOlder={loadOlder} retry={refresh} />
      )}
    </Panel>
  );
}

function Moment({ iso }: { readonly iso: string }): ReactNode {
  return <Value shown={moment(iso, useDeskNowMs())} />;
}

const columns: readonly GridColumn<SessionView>[] = [
  {
    name: "bot",
    head: "Bot",
    width: "minmax(6.5rem, 1fr)",
    card: "title",
    sortBy: ({ bot }) => bot,
    cell: ({ bot, mode, version }) => (
      <span className="flex items-center gap-2">
        <span className="truncate text-n12" title={version === undefined ? bot : `${bot}, version ${version}`}>
          {bot}
        </span>
        <RowMode mode={mode} />
      </span>
    ),
  },
  {
    name: "from",
    head: "From UTC",
    width: "6.5rem",
    sortBy: ({ from }) => from,
    cell: ({ from }) => <Moment iso={from} />,
  },
  {
    name: "to",
    head: "To UTC",
    width: "6.5rem",
    sortBy: ({ to }) => to ?? "9",
    cell: ({ to, reason }) =>
      to === null ? (
        <span className="text-ok">● goes on</span>
      ) : (
        <span title={reason}>
          <Moment iso={to} />
        </span>
      ),
  },
  {
    name: "lasted",
    head: "Lasted",
    width: "6rem",
    out: "second",
    cell: (row) => <Value shown={sessionRow(row).lasted} />,
  },
  {
    name: "facts",
    head: "Facts",
    numeric: true,
    width: "4.5rem",
    sortBy: ({ facts }) => facts,
    cell: (row) => <Value shown={sessionRow(row).facts} />,
  },
  {
    name: "fills",
    head: "Fills",
    numeric: true,
    width: "4.5rem",
    sortBy: ({ fills }) => fills,
    cell: (row) => <Value shown={sessionRow(row).fills} />,
  },
  {
    name: "origin",
    head: "Told by",
    hint: "the bot itself, live, or a file that was imported",
    width: "5.75rem",
    out: "second",
    sortBy: ({ imported }) => String(imported),
    cell: (row) => <Mark mark={sessionRow(row).origin} />,
  },
];

function actColumn(busy: boolean, begin: (wanted: Wanted) => void): GridColumn<SessionView> {
  return {
    name: "act",
    head: "Replay",
    numeric: true,
    width: "7rem",
    card: "wide",
    cell: ({ bot, from, to }) => (
      <button
        type="button"
        disabled={busy}
        onClick={() => begin(to === null ? { from } : { from, to: justAfter(to) })}
        aria-label={`Replay this session of ${bot}`}
        className="rounded border border-n6 px-2 text-12 text-n12 hover:bg-n4 disabled:opacity-60"
      >
        Replay this
      </button>
    ),
  };
}

/** The end of a stretch is not in it: a millisecond later, the last fact is. */
const justAfter = (iso: string): string => new Date(Date.parse(iso) + 1).toISOString();

function Running(): ReactNode {
  const { data, trouble, again } = useRead("/api/v1/replays", isReplays, REPLAYS_EVERY_MS);
  return (
    <Panel title="Playing now" note={data === undefined ? "" : `${data.replays.length}`} className="max-lg:order-first">
      {data === undefined ? (
        trouble === undefined ? (
          <Skeleton rows={2} />
        ) : (
          <p role="alert" className="px-3 py-3">
            <span className="text-bad">⚠ The replays could not be read.</span> {trouble}{" "}
            <button type="button" onClick={again} className="rounded border border-n6 px-2 hover:bg-n4">
              Try again
            </button>
          </p>
        )
      ) : data.replays.length === 0 ? (
        <Empty title="No replay is running" />
      ) : (
        <ul>
          {data.replays.map((replay) => (
            <RunningItem key={replay.replay_id} replay={replay} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RunningItem({ replay }: { readonly replay: ReplayView }): ReactNode {
  const navigate = useNavigate();
  const span = replaySpan(replay);
  const watched = useDesk().source === replay.replay_id;
  return (
    <li data-replay={replay.replay_id} className="border-n4 border-b px-3 py-2 last:border-b-0">
      <p className="flex items-center gap-3">
        <Mark mark={replayMark(replay.state)} />
        <span className="text-n9">{speedText(replay.speed)}</span>
        {watched ? (
          <span className="ml-auto text-n9">you watch it</span>
        ) : (
          <button
            type="button"
            onClick={() => void navigate({ to: "/", search: { replay: replay.replay_id } })}
            className="ml-auto rounded border border-n6 px-2 text-12 text-n12 hover:bg-n4"
          >
            Watch
          </button>
        )}
      </p>
      <p className="mt-1 text-12 text-n10">
        {span === undefined ? "an empty log" : `at ${eventClock(span.atMs)} of ${eventClock(span.toMs)} UTC`},{" "}
        {count(replay.played).text} of {count(replay.events).text} events
      </p>
      {replay.detail !== undefined && <p className="text-12 text-stale">{replay.detail}</p>}
      <ShareBar share={span === undefined ? undefined : shareOf(span)} tone="stale" />
    </li>
  );
}
