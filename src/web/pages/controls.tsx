import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import type { ControlsAnswer, ControlState } from "../../protocol/api-control.ts";
import { controlledRows, countStates, deskWords, heldWords } from "../../view/control-rows.ts";
import { controlMark, type HeldBy } from "../../view/control-words.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { Chips } from "../parts/chips.tsx";
import { CommandHistory } from "../parts/command-history.tsx";
import { ControlButtons, ControlRefused } from "../parts/control-buttons.tsx";
import { ControlledBots, HeldTable } from "../parts/control-tables.tsx";
import { Empty, Panel, Skeleton } from "../parts/panel.tsx";
import { Mark } from "../parts/marks.tsx";
import { TabLinks } from "../parts/tab-links.tsx";
import { HaltRules } from "./halt-rules.tsx";
import { PageFrame } from "./page-frame.tsx";

/** What every bot, strategy and venue may do, the buttons that change it, and how far each command came. */
export function Controls(): ReactNode {
  const { view } = useSearch({ from: "/desk/controls" });
  return (
    <PageFrame title="Controls" note="asked → delivered → acknowledged → verified: each shown once it is known">
      <TabLinks
        label="Controls"
        links={[
          { to: "/controls", label: "Now", current: view !== "history" && view !== "rules" },
          { to: "/controls", label: "Automatic halts", search: { view: "rules" }, current: view === "rules" },
          { to: "/controls", label: "History", search: { view: "history" }, current: view === "history" },
        ]}
      />
      {view === "history" ? <CommandHistory /> : view === "rules" ? <HaltRules /> : <Now />}
    </PageFrame>
  );
}

function Now(): ReactNode {
  const data = useCell(useDesk().controls);
  if (data === undefined) return <Skeleton rows={12} />;
  return (
    <div className="@container flex min-w-0 grow flex-col gap-px bg-n4">
      <Desk controls={data} />
      <div className="grid min-w-0 grow gap-px @min-[76rem]:grid-cols-[minmax(0,5fr)_minmax(24rem,2fr)]">
        <Bots controls={data} />
        <div className="flex min-w-0 flex-col gap-px bg-n4">
          <Panel title="Venues" note="held for themselves: an order needs leave of its bot and of its venue">
            {data.venues.length === 0 ? (
              <Empty title="No venue is known">A venue is known once a bot trades there or reports its feed.</Empty>
            ) : (
              <HeldTable label="Venues" kind="venue" rows={data.venues} controls={data} />
            )}
          </Panel>
          <Panel title="Strategies" className="grow">
            {data.strategies.length === 0 ? (
              <Empty title="No bot names a strategy" />
            ) : (
              <HeldTable label="Strategies" kind="strategy" rows={data.strategies} controls={data} />
            )}
          </Panel>
        </div>
      </div>
    </div>
  );
}

function Desk({ controls }: { readonly controls: ControlsAnswer }): ReactNode {
  const { desk } = controls;
  const held = heldWords(desk, controls);
  return (
    <section aria-label="The whole desk" className="bg-n2 px-3 py-3" data-desk={desk.state}>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div className="min-w-0">
          <p className="text-20">
            <Mark mark={controlMark(desk.state)} />
          </p>
          <p className="text-12 text-n10">{deskWords(controls)}</p>
        </div>
        <div className="ml-auto max-sm:ml-0">
          <ControlButtons target={{ all: true }} state={desk.state} size="large" />
          <ControlRefused />
        </div>
      </div>
      {held.length > 0 && <Holding held={held} />}
    </section>
  );
}

function Holding({ held }: { readonly held: readonly HeldBy[] }): ReactNode {
  return (
    <ul className="mt-2 text-13 text-n11" aria-label="Held by">
      {held.map(({ id, words }) => (
        <li key={id} className="[overflow-wrap:anywhere]">
          {words}
        </li>
      ))}
    </ul>
  );
}

const STATES: readonly ControlState[] = ["halted", "reducing", "paused", "running"];
/** A desk of fewer bots needs nothing to narrow them. */
const FEW_BOTS = 8;

function Bots({ controls }: { readonly controls: ControlsAnswer }): ReactNode {
  const [state, setState] = useState<ControlState>();
  const [search, setSearch] = useState("");
  const counts = useMemo(() => countStates(controls.bots), [controls.bots]);
  const all = useMemo(() => controlledRows(controls), [controls]);
  const wanted = search.trim().toLowerCase();
  const rows = useMemo(
    () =>
      all.filter(
        ({ bot }) =>
          (state === undefined || bot.state === state) &&
          `${bot.bot} ${bot.strategy ?? ""}`.toLowerCase().includes(wanted),
      ),
    [all, state, wanted],
  );
  return (
    <Panel title="Bots" note={`${all.length}, what needs you first`}>
      {(all.length > FEW_BOTS || state !== undefined || counts.size > 1) && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-n4 border-b px-3 py-1.5">
          <Chips
            label="State"
            value={state}
            all={all.length}
            options={STATES.filter((each) => counts.has(each)).map((each) => ({
              value: each,
              count: counts.get(each) ?? 0,
              mark: controlMark(each),
            }))}
            choose={setState}
          />
          <label className="flex items-center gap-1.5 text-12 text-n9">
            Search
            <input
              type="search"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              placeholder="bot or strategy"
              className="w-40 rounded border border-n6 bg-n2 px-1.5 py-0.5 text-13 text-n12 placeholder:text-n9"
            />
          </label>
        </div>
      )}
      {rows.length > 0 && <ControlledBots rows={rows} />}
      {rows.length === 0 && (
        <Empty title={all.length === 0 ? "No bot has reported yet" : "No bot is like that"}>
          {all.length === 0
            ? "A bot can be controlled once its first event came."
            : "Another state or name may have some."}
        </Empty>
      )}
    </Panel>
  );
}
