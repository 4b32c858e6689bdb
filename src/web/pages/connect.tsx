import { Tabs } from "radix-ui";
import { type ReactNode, useState } from "react";
import type { BotView } from "../../protocol/api.ts";
import { connectSnippets, isLoopback } from "../../view/connect-snippets.ts";
import type { Stamped } from "../live/desk-store.ts";
import { HubError, startDemo } from "../live/hub-api.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { BotTable } from "../parts/bot-table.tsx";
import { CodeBlock } from "../parts/code-block.tsx";
import { EdgeTable } from "../parts/edge-table.tsx";
import { dayOf, FillHeads, FillLine } from "../parts/fill-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { demoAddress } from "../shell/own-desk.ts";

/** How to send the first event; turns green when one lands. `done` goes on to the overview, where there is one. */
export function Connect({ done }: { readonly done?: () => void }): ReactNode {
  const needsKey = !isLoopback(location.hostname);
  const none = useCell(useDesk().bots)?.length === 0;
  const snippets = connectSnippets(location.origin, needsKey);
  return (
    <div className="min-h-full bg-n2">
      <div className="mx-auto max-w-3xl px-4 py-8">
        <h1 className="font-medium text-28 text-n12">
          {none || done !== undefined ? "Connect your first bot" : "Connect a bot"}
        </h1>
        <p className="mt-2 text-14 text-n10">
          Any program that can send HTTP is a bot. Run one of these; the line below turns green when the event lands.
        </p>
        {needsKey && (
          <p className="mt-2 text-14 text-n10">
            From another machine a bot needs a key. Make one where the hub runs, and put it in place of{" "}
            <code>dw_YOUR_KEY</code>:{" "}
            <code className="rounded bg-n3 px-1.5 py-0.5">npx deskwatch keys create my-bot --scope ingest</code>
          </p>
        )}
        <Tabs.Root defaultValue={snippets[0]?.name ?? ""} className="mt-5">
          <Tabs.List aria-label="Ways to send an event" className="flex overflow-x-auto border-n5 border-b">
            {snippets.map(({ name, label }) => (
              <Tabs.Trigger
                key={name}
                value={name}
                className="-mb-px whitespace-nowrap border-transparent border-b-2 px-3 py-1.5 text-14 text-n9 hover:text-n12 data-[state=active]:border-n12 data-[state=active]:text-n12"
              >
                {label}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          {snippets.map((snippet) => (
            <Tabs.Content key={snippet.name} value={snippet.name} className="mt-3">
              <CodeBlock
                name={snippet.name}
                code={snippet.code}
                note={snippet.needs === "" ? "needs nothing else" : <>needs {snippet.needs}</>}
              />
            </Tabs.Content>
          ))}
        </Tabs.Root>
        <Landing {...(done === undefined ? {} : { done })} />
        {none && <DemoOffer />}
      </div>
      <Landed />
    </div>
  );
}

/** The way in for who wants to look before connecting anything: a desk of invented bots, in a store of its own. */
function DemoOffer(): ReactNode {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const load = async (): Promise<void> => {
    setBusy(true);
    try {
      location.assign(demoAddress(await startDemo(), location.origin));
    } catch (cause) {
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
      setBusy(false);
    }
  };
  return (
    <div className="mt-5 flex flex-wrap items-center gap-3 rounded border border-demo/60 px-4 py-3 text-14">
      <span className="min-w-0 flex-1 basis-72 text-n10">
        Nothing to connect yet? Look at a desk of invented bots. It has a store of its own, says DEMO everywhere, and is
        wiped in one click.
      </span>
      <button
        type="button"
        disabled={busy}
        onClick={() => void load()}
        className="whitespace-nowrap rounded border border-demo px-3 py-1 text-n12 hover:bg-demo/20 disabled:opacity-60"
      >
        {busy ? "Starting the demo" : "Load the demo desk"}
      </button>
      {trouble !== undefined && (
        <p role="alert" className="w-full text-13">
          <span className="text-bad">⚠ No demo was started.</span> {trouble} Where the hub runs,{" "}
          <code className="font-mono">npm run demo</code> does the same.
        </p>
      )}
    </div>
  );
}

/** Waiting, refused, or there: the line that turns green. */
function Landing({ done }: { readonly done?: () => void }): ReactNode {
  const desk = useDesk();
  const bots = useCell(desk.bots) ?? [];
  const [refused] = useCell(desk.rejected) ?? [];
  const newest = byLastContact(bots)[0];
  if (newest !== undefined) {
    return (
      <div
        role="status"
        data-landing="landed"
        className="mt-5 flex flex-wrap items-center gap-3 rounded border border-ok bg-ok/10 px-4 py-3 text-14"
      >
        <span className="text-ok">
          <span aria-hidden="true">●</span> An event has landed.
        </span>
        <span>
          {bots.length === 1 ? "One bot reports" : `${bots.length} bots report`},{" "}
          <b className="font-medium text-n12">{newest.data.bot}</b> last.
        </span>
        {done !== undefined && (
          <button
            type="button"
            onClick={done}
            className="ml-auto rounded border border-ok px-3 py-1 text-n12 hover:bg-ok/20"
          >
            Open the overview
          </button>
        )}
      </div>
    );
  }
  if (refused !== undefined) {
    return (
      <div
        role="status"
        data-landing="refused"
        className="mt-5 rounded border border-stale bg-stale/10 px-4 py-3 text-14"
      >
        <span className="text-stale">⚠ An event came and was refused:</span>{" "}
        {refused.path === "" ? "" : `${refused.path}: `}
        {refused.message}
      </div>
    );
  }
  return (
    <div role="status" data-landing="waiting" className="mt-5 rounded border border-n6 px-4 py-3 text-14 text-n10">
      <span aria-hidden="true">◌</span> Waiting for the first event at {location.origin}
    </div>
  );
}

const byLastContact = (bots: readonly Stamped<BotView>[]): Stamped<BotView>[] =>
  bots.toSorted((a, b) => b.atMs - b.data.last_seen_age_s * 1000 - (a.atMs - a.data.last_seen_age_s * 1000));

const SHOWN = 3;

/** What has landed so far. */
function Landed(): ReactNode {
  const desk = useDesk();
  const bots = useCell(desk.bots) ?? [];
  const edges = useCell(desk.edges);
  const fills = useCell(desk.fills) ?? [];
  const todayMs = dayOf(useDeskNowMs());
  if (bots.length === 0) return null;
  return (
    <div className="grid gap-px bg-n4 pt-px">
      <Panel title="Bots" to="/bots">
        <div className="overflow-x-auto">
          <BotTable bots={byLastContact(bots).slice(0, SHOWN)} />
        </div>
      </Panel>
      {edges !== undefined && edges.data.length > 0 && (
        <Panel title="Live edges" to="/edges">
          <EdgeTable edges={edges} limit={SHOWN} short />
        </Panel>
      )}
      {fills.length > 0 && (
        <Panel title="Fills" to="/fills">
          {/* biome-ignore lint/a11y/useSemanticElements: rows of a grid, as on the page of all fills */}
          <div role="table" aria-label="First fills" className="fill-table">
            <FillHeads />
            {fills.slice(0, SHOWN).map((fill) => (
              <FillLine key={fill.seq} fill={fill} todayMs={todayMs} rowIndex={undefined} />
            ))}
          </div>
        </Panel>
      )}
    </div>
  );
}
