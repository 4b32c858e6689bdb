import type { ReactNode } from "react";
import type { HealthAnswer, VenueHealth } from "../../protocol/api.ts";
import { venueMark, venueSentence } from "../../view/health-lines.ts";
import { milliseconds, percent } from "../../view/number-format.ts";
import { unknownValue } from "../../view/shown.ts";
import { moment } from "../../view/time-format.ts";
import type { Stamped } from "../live/desk-store.ts";
import { useDeskNowMs } from "../live/use-desk.ts";
import { Age } from "./age.tsx";
import { type Column, DataTable } from "./data-table.tsx";
import { Mark } from "./marks.tsx";
import { VenueHeld } from "./venue-held.tsx";
import { Value } from "./value.tsx";

interface Row {
  readonly venue: VenueHealth;
  readonly atMs: number;
}

/** A feed that said nothing for this long is amber. */
const SILENT_S = 10;

const columns: readonly Column<Row>[] = [
  { head: "Venue", card: "title", cell: ({ venue }) => <span className="text-n12">{venue.venue}</span> },
  {
    head: "State",
    cell: ({ venue }) => (
      <span className="inline-flex flex-wrap gap-x-2 max-sm:justify-end">
        <Mark mark={venueMark(venue)} title={venueSentence(venue)} />
        {!venue.halted && <VenueHeld venue={venue.venue} />}
      </span>
    ),
  },
  {
    head: "p50 ms",
    hint: "median latency",
    numeric: true,
    cell: ({ venue }) => <Value shown={milliseconds(venue.latency_p50_ms, "no latency reported yet")} flash />,
  },
  {
    head: "p95 ms",
    hint: "95 of 100 are faster",
    numeric: true,
    cell: ({ venue }) => <Value shown={milliseconds(venue.latency_p95_ms, "no latency reported yet")} flash />,
  },
  {
    head: "Errors %",
    hint: "errors ÷ (requests + messages) over 5 minutes",
    numeric: true,
    cell: ({ venue }) => <Value shown={percent(venue.error_rate, "no requests counted yet")} />,
  },
  {
    head: "Heard",
    hint: "how long ago the last message came",
    numeric: true,
    cell: ({ venue, atMs }) =>
      venue.last_message_age_s === null ? (
        <Value shown={unknownValue("no message yet")} />
      ) : (
        <Age ageS={venue.last_message_age_s} atMs={atMs} limitS={SILENT_S} />
      ),
  },
];

const connection: Column<Row> = {
  head: "Feed",
  hint: "whether the bot is connected to it",
  cell: ({ venue: { connected } }) =>
    connected === null ? (
      <Value shown={unknownValue("no bot said whether it is connected")} />
    ) : (
      <Mark
        mark={
          connected ? { sign: "●", word: "connected", tone: "ok" } : { sign: "○", word: "disconnected", tone: "bad" }
        }
      />
    ),
};

const lastGap: Column<Row> = {
  head: "Last gap UTC",
  hint: "when messages were last missed",
  numeric: true,
  cell: ({ venue }) => <LastGap at={venue.last_gap_at} />,
};

function LastGap({ at }: { readonly at: string | undefined }): ReactNode {
  const nowMs = useDeskNowMs();
  return at === undefined ? <span className="text-n9">none</span> : <Value shown={moment(at, nowMs)} />;
}

const detail: Column<Row> = {
  head: "What is wrong",
  card: "wide",
  wraps: true,
  cell: ({ venue }) =>
    venue.status === "healthy" && !venue.halted ? <span className="text-n9">nothing</span> : venueSentence(venue),
};

const short = columns.filter(({ head }) => head !== "Errors %");

/** The venues with the state of their feeds; `wide` adds what is wrong in words. */
export function VenueTable({
  health,
  wide = false,
}: {
  readonly health: Stamped<HealthAnswer>;
  readonly wide?: boolean;
}): ReactNode {
  return (
    <DataTable
      slim={!wide}
      label="Venues"
      columns={wide ? [...columns.slice(0, 1), connection, ...columns.slice(1), lastGap, detail] : short}
      rows={health.data.venues.map((venue) => ({ venue, atMs: health.atMs }))}
      rowKey={({ venue }) => venue.venue}
      rowData={({ venue }) => ({ "data-venue": venue.venue })}
    />
  );
}
