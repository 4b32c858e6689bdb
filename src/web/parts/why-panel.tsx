import type { ReactNode } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { ExplainAnswer } from "../../protocol/api-money.ts";
import { waterfalls } from "../../view/pnl-waterfall.ts";
import { moment } from "../../view/time-format.ts";
import { rangeStart, rangeWords, type TimeRange } from "../../view/time-range.ts";
import { useDeskNowMs } from "../live/use-desk.ts";
import { useExplained } from "../live/use-explained.ts";
import { Empty, NotInReplay, Panel, Skeleton, Trouble } from "./panel.tsx";
import { WaterfallTable } from "./waterfall.tsx";

interface WhyPanelProps {
  readonly range: TimeRange;
  readonly mode: BotView["mode"];
  /** Every bot when absent. */
  readonly bot: string | undefined;
}

/** Before anything that a hub may know of. */
const FIRST_MS = 0;

/** Why equity changed: realised, not realised, fees, funding and transfers, and what none of them explains. */
export function WhyPanel({ range, mode, bot }: WhyPanelProps): ReactNode {
  const { data, trouble, missing, absent, again } = useExplained({
    startAt: (nowMs) => rangeStart(range, nowMs, FIRST_MS),
    mode,
    bot,
  });
  return (
    <Panel
      title="Why equity changed"
      note={data === undefined ? rangeWords(range) : <Moments answer={data} range={range} again={again} />}
    >
      {absent && <NotInReplay what="Why equity changed" />}
      {data === undefined && trouble === undefined && !absent && <Skeleton rows={7} />}
      {missing && <Empty title="No past to explain">What is replayed here is no desk's log.</Empty>}
      {trouble !== undefined && !missing && (
        <Trouble title={data === undefined ? "It could not be explained" : "It could not be read again"} retry={again}>
          {trouble}
          {data !== undefined && " What stands below is what was read before."}
        </Trouble>
      )}
      {data !== undefined && <Falls answer={data} bot={bot} mode={mode} />}
    </Panel>
  );
}

interface MomentsProps {
  readonly answer: ExplainAnswer;
  readonly range: TimeRange;
  readonly again: () => void;
}

function Moments({ answer: { from, to }, range, again }: MomentsProps): ReactNode {
  const nowMs = useDeskNowMs();
  return (
    <>
      {range === "max" ? "all" : moment(from, nowMs).text} to {moment(to, nowMs).text} UTC{" "}
      <button
        type="button"
        onClick={again}
        title="it may take the hub seconds, so it does not follow by itself"
        className="ml-2 rounded border border-n5 px-1.5 text-12 text-n10 hover:bg-n4 hover:text-n12"
      >
        read again
      </button>
    </>
  );
}

interface FallsProps {
  readonly answer: ExplainAnswer;
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
}

function Falls({ answer, bot, mode }: FallsProps): ReactNode {
  const falls = waterfalls(answer.rows);
  if (falls.length === 0) return <Empty title="Nothing changed">No fill, payment or position came until then.</Empty>;
  const filter = { bot, mode, from: answer.from, to: answer.to };
  return falls.map((fall) => (
    <section key={fall.currency} className="border-n5 border-b last:border-b-0">
      <h3 className="flex flex-wrap items-baseline gap-x-3 px-3 pt-2 text-12 text-n9">
        <span className="text-13 text-n12">{fall.currency}</span>
        <span>{fall.bots.join(", ")}</span>
        {fall.equityWords !== undefined && <span className="ml-auto">equity {fall.equityWords}</span>}
      </h3>
      <WaterfallTable fall={fall} filter={filter} />
    </section>
  ));
}
