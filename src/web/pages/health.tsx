import type { ReactNode } from "react";
import type { HealthAnswer } from "../../protocol/api.ts";
import { suspicious } from "../../view/bot-facts.ts";
import { hubTroubles, statusMark } from "../../view/health-lines.ts";
import { count, milliseconds } from "../../view/number-format.ts";
import type { Stamped } from "../live/desk-store.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { Running } from "../parts/age.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty, Panel, Skeleton, Trouble } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { VenueTable } from "../parts/venue-table.tsx";
import { PageFrame } from "./page-frame.tsx";

/** How the feeds of the venues and the hub itself are. */
export function Health(): ReactNode {
  const health = useCell(useDesk().health);
  return (
    <PageFrame title="Health" note={health === undefined ? undefined : <Mark mark={statusMark(health.data.status)} />}>
      {health === undefined ? <Skeleton rows={10} /> : <Parts health={health} />}
    </PageFrame>
  );
}

function Parts({ health }: { readonly health: Stamped<HealthAnswer> }): ReactNode {
  const { hub, venues } = health.data;
  const troubles = hubTroubles(hub);
  return (
    <>
      {troubles.map((trouble) => (
        <Trouble key={trouble} title="The hub is in trouble">
          {trouble}
        </Trouble>
      ))}
      <div className="grid grow gap-px bg-n4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Panel title="Venues" note={`${venues.length}`}>
          {venues.length === 0 ? (
            <Empty title="No feed reported">
              A bot reports its feeds with <code>feed</code> events, or as venues of its state.
            </Empty>
          ) : (
            <VenueTable health={health} wide />
          )}
        </Panel>
        <Panel title="Hub">
          <HubFacts health={health} />
        </Panel>
      </div>
    </>
  );
}

const storeNames: Record<HealthAnswer["hub"]["store"], string> = { sqlite: "SQLite", postgres: "PostgreSQL" };

function HubFacts({ health }: { readonly health: Stamped<HealthAnswer> }): ReactNode {
  const { hub } = health.data;
  return (
    <Facts>
      <Fact term="Store">
        {storeNames[hub.store]}{" "}
        <Mark
          mark={
            hub.store_ok ? { sign: "●", word: "takes events", tone: "ok" } : { sign: "○", word: "away", tone: "bad" }
          }
        />
      </Fact>
      <Fact term="Last write, ms">
        <Value shown={milliseconds(hub.last_append_ms, "nothing was written since the start")} />
      </Fact>
      <Fact term="Queue, events">
        <Value shown={count(hub.queue_events)} /> of <Value shown={count(hub.queue_limit)} />
      </Fact>
      <Fact term="Facts stored">
        <Value shown={count(hub.facts)} flash />
      </Fact>
      <Fact term="Samples taken in">
        <Value shown={count(hub.samples)} flash />
      </Fact>
      <Fact term="Rejected">
        <Value shown={suspicious(hub.rejected)} />
      </Fact>
      <Fact term="Up for">
        <Running seconds={hub.uptime_s} atMs={health.atMs} />
      </Fact>
      <Fact term="Version">{hub.version}</Fact>
    </Facts>
  );
}
