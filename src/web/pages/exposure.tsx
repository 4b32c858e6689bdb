import type { ReactNode } from "react";
import { currencyLines, type ExposureLine, exposureGroups } from "../../view/exposure-rows.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { ExposureTable } from "../parts/exposure-table.tsx";
import { Empty, Skeleton } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { PageFrame } from "./page-frame.tsx";

/** What is held, at average cost, by venue, category, bot and currency. */
export function Exposure(): ReactNode {
  const exposure = useCell(useDesk().exposure);
  return (
    <PageFrame title="Exposure" note="at average cost, from the fills that bots report">
      {exposure === undefined ? (
        <Skeleton rows={10} />
      ) : (
        <Groups groups={exposureGroups(exposure.data)} currencies={currencyLines(exposure.data)} />
      )}
    </PageFrame>
  );
}

interface GroupsProps {
  readonly groups: ReturnType<typeof exposureGroups>;
  readonly currencies: readonly ExposureLine[];
}

function Groups({ groups, currencies }: GroupsProps): ReactNode {
  const { venues, categories, bots, total } = groups;
  if (venues.length === 0 && currencies.length === 0) {
    return <Empty title="Nothing is held">Exposure follows from the fills that bots report.</Empty>;
  }
  return (
    <>
      <dl className="flex flex-wrap gap-x-10 gap-y-2 border-n4 border-b px-3 py-3">
        <Total term="Gross USD" line={total} of="gross" />
        <Total term="Net USD" line={total} of="net" />
        <Total term="Positions" line={total} of="positions" />
      </dl>
      {total.gross.reason !== undefined && (
        <p className="border-n4 border-b px-3 py-2 text-n10">Not known in USD: {total.gross.reason}</p>
      )}
      <div className="grid grow gap-px bg-n4 lg:grid-cols-2 lg:grid-rows-[auto_1fr]">
        <Group kind="Venue" lines={venues} />
        <Group kind="Category" lines={categories} />
        <Group kind="Bot" lines={bots} />
        <Group kind="Currency" unit="" lines={currencies} />
      </div>
    </>
  );
}

function Total({
  term,
  line,
  of,
}: {
  readonly term: string;
  readonly line: ExposureLine;
  readonly of: "gross" | "net" | "positions";
}): ReactNode {
  return (
    <div>
      <dt className="text-12 text-n9">{term}</dt>
      <dd className="text-20 text-n12">
        <Value shown={line[of]} flash />
      </dd>
    </div>
  );
}

function Group({
  kind,
  unit,
  lines,
}: {
  readonly kind: string;
  readonly unit?: string;
  readonly lines: readonly ExposureLine[];
}): ReactNode {
  return (
    <section aria-label={`By ${kind.toLowerCase()}`} className="@container min-w-0 bg-n2 pb-4">
      {lines.length === 0 ? (
        <Empty title={`Nothing by ${kind.toLowerCase()}`} />
      ) : (
        <ExposureTable kind={kind} lines={lines} {...(unit === undefined ? {} : { unit })} />
      )}
    </section>
  );
}
