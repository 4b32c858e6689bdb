import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ExposureAnswer } from "../../protocol/api.ts";
import { type ExposureLimits, USUAL_LIMITS } from "../../view/exposure-level.ts";
import { currencyLines, type ExposureLine, exposureGroups } from "../../view/exposure-rows.ts";
import { amount, signedAmount } from "../../view/number-format.ts";
import { type Shown, unknownValue } from "../../view/shown.ts";
import type { PositionsAnswer } from "../../protocol/api-trading.ts";
import type { Stamped } from "../live/desk-store.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { EventTable } from "../parts/event-table.tsx";
import { ExposureTable } from "../parts/exposure-table.tsx";
import { LevelMark } from "../parts/level-mark.tsx";
import { Empty, Panel, Skeleton } from "../parts/panel.tsx";
import { PositionTable } from "../parts/position-table.tsx";
import { TabLinks } from "../parts/tab-links.tsx";
import { Value } from "../parts/value.tsx";
import { PageFrame } from "./page-frame.tsx";

/** What is held: by event, position by position, and by venue, category, asset, bot and currency. */
export function Exposure(): ReactNode {
  const desk = useDesk();
  const exposure = useCell(desk.exposure)?.data;
  const positions = useCell(desk.positions);
  const limits = positions?.data.limits ?? USUAL_LIMITS;
  return (
    <PageFrame
      title="Exposure"
      note="at average cost, from the fills that bots tell, else from the positions that they report"
    >
      {exposure === undefined ? <Skeleton rows={3} /> : <Totals exposure={exposure} positions={positions?.data} />}
      <div className="grid grow gap-px bg-n4 xl:grid-cols-[minmax(0,1fr)_25rem]">
        <Holdings positions={positions} />
        <div className="flex min-w-0 flex-col gap-px">
          {exposure === undefined ? <Skeleton rows={8} /> : <Groups exposure={exposure} limits={limits} />}
        </div>
      </div>
    </PageFrame>
  );
}

interface TotalsProps {
  readonly exposure: ExposureAnswer;
  readonly positions: PositionsAnswer | undefined;
}

function Totals({ exposure, positions }: TotalsProps): ReactNode {
  const { total } = exposureGroups(exposure, positions?.limits);
  return (
    <>
      <dl className="flex flex-wrap gap-x-10 gap-y-2 border-n4 border-b px-3 py-3">
        <Total term="Total gross USD" shown={total.gross}>
          <LevelMark level={total.level} />
        </Total>
        <Total term="Net USD" shown={total.net} />
        <Total term="Unrealised USD" shown={unrealised(positions)} />
        <Total term="Positions" shown={total.positions} />
      </dl>
      {total.gross.reason !== undefined && (
        <p className="border-n4 border-b px-3 py-2 text-n10">Not known in USD: {total.gross.reason}</p>
      )}
    </>
  );
}

/** The sum over events; unknown as soon as it is unknown of one of them. */
function unrealised(positions: PositionsAnswer | undefined): Shown {
  if (positions === undefined) return unknownValue("the positions have not come yet");
  if (positions.by_event.length === 0) return unknownValue("nothing is held");
  const unknown = positions.by_event.filter(({ unrealized_pnl_usd: pnl }) => pnl === null);
  const [first] = unknown;
  if (first !== undefined) {
    const why = first.reason ?? "no mark price came for it";
    return unknownValue(`${unknown.length} of ${positions.by_event.length} events have none: ${why}`);
  }
  return signedAmount(positions.by_event.reduce((sum, { unrealized_pnl_usd: pnl }) => sum + (pnl ?? 0), 0));
}

interface TotalProps {
  readonly term: string;
  readonly shown: Shown;
  readonly children?: ReactNode;
}

function Total({ term, shown, children }: TotalProps): ReactNode {
  return (
    <div>
      <dt className="text-12 text-n9">{term}</dt>
      <dd className="flex items-baseline gap-2 text-20 text-n12">
        <Value shown={shown} flash /> <span className="text-13">{children}</span>
      </dd>
    </div>
  );
}

function Holdings({ positions }: { readonly positions: Stamped<PositionsAnswer> | undefined }): ReactNode {
  const flat = useSearch({ from: "/desk/exposure" }).view === "positions";
  return (
    <section aria-label="What is held" className="@container min-w-0 bg-n2">
      <TabLinks
        label="What is held"
        links={[
          { to: "/exposure", label: "By event", current: !flat },
          { to: "/exposure", label: "Position by position", search: { view: "positions" }, current: flat },
        ]}
      />
      {positions === undefined ? (
        <Skeleton rows={8} />
      ) : positions.data.positions.length === 0 && positions.data.by_event.length === 0 ? (
        <Empty title="Nothing is held">
          Positions follow from the fills that bots tell, else from a position.snapshot.
        </Empty>
      ) : flat ? (
        <PositionTable positions={positions} />
      ) : (
        <EventTable positions={positions} />
      )}
      {positions !== undefined && <Legend limits={positions.data.limits} />}
    </section>
  );
}

function Legend({ limits: { low_usd: low, high_usd: high } }: { readonly limits: ExposureLimits }): ReactNode {
  return (
    <p className="flex flex-wrap gap-x-4 px-3 py-2 text-12 text-n9">
      Gross in USD:
      <span className="text-ok">▁ low below {amount(low).text}</span>
      <span className="text-stale">▄ medium to {amount(high).text}</span>
      <span className="text-bad">█ high above</span>
    </p>
  );
}

function Groups({
  exposure,
  limits,
}: {
  readonly exposure: ExposureAnswer;
  readonly limits: ExposureLimits;
}): ReactNode {
  const { venues, categories, assets, bots } = exposureGroups(exposure, limits);
  return (
    <>
      <Group kind="Venue" lines={venues} />
      <Group kind="Category" lines={categories} />
      <Group kind="Asset" lines={assets} />
      <Group kind="Bot" lines={bots} />
      <Group kind="Currency" unit="" lines={currencyLines(exposure)} className="grow" />
    </>
  );
}

interface GroupProps {
  readonly kind: string;
  readonly unit?: string;
  readonly lines: readonly ExposureLine[];
  readonly className?: string;
}

function Group({ kind, unit, lines, className = "" }: GroupProps): ReactNode {
  return (
    <Panel title={`By ${kind.toLowerCase()}`} className={className}>
      {lines.length === 0 ? (
        <Empty title={`Nothing by ${kind.toLowerCase()}`} />
      ) : (
        <ExposureTable kind={kind} lines={lines} {...(unit === undefined ? {} : { unit })} />
      )}
    </Panel>
  );
}
