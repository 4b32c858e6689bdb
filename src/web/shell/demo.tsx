import { type ReactNode, useState } from "react";
import { HubError, wipeDemo } from "../live/hub-api.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { CodeBlock } from "../parts/code-block.tsx";
import { ownDesk } from "./own-desk.ts";

/** Says on every page of a demo desk that nothing here is real, and takes it away in one click; not in a replay of it. */
export function DemoBanner({ onWiped }: { readonly onWiped: () => void }): ReactNode {
  const desk = useDesk();
  const about = useCell(desk.about);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  if (about?.kind !== "demo") return null;
  const wipe = async (): Promise<void> => {
    setBusy(true);
    try {
      await wipeDemo();
      onWiped();
    } catch (cause) {
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
      setBusy(false);
    }
  };
  return (
    <div
      data-demo=""
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-demo/60 border-b bg-demo/10 px-3 py-1"
    >
      <span className="min-w-40 flex-1 text-n12 sm:flex-none">
        <span className="font-medium text-demo">◇ DEMO</span> Everything here is made up by the simulator.
      </span>
      {about.demo?.state === "filling" && <span className="text-n10">◌ its past is still being filled in</span>}
      {about.demo?.state === "stopped" && <span className="text-n10">□ the simulator has stopped</span>}
      {desk.source === undefined && (
        <button
          type="button"
          disabled={busy}
          onClick={() => void wipe()}
          className="ml-auto whitespace-nowrap rounded border border-demo/60 px-2 text-n12 hover:bg-demo/20 disabled:opacity-60"
        >
          {busy ? "Wiping" : "Wipe the demo"}
        </button>
      )}
      {trouble !== undefined && (
        <p role="alert" className="w-full">
          <span className="text-bad">⚠ The demo was not wiped.</span> {trouble}
        </p>
      )}
    </div>
  );
}

const NEXT = `# your own desk, empty, waiting for the first event
npm start

# the demo once more
npm run demo`;

/** What stands where the demo was. */
export function DemoWiped(): ReactNode {
  const desk = ownDesk();
  return (
    <main className="mx-auto max-w-xl px-4 pt-[16vh]" data-demo-wiped="">
      <h1 className="font-medium text-28 text-n12">The demo is wiped</h1>
      <p className="mt-2 mb-4 text-14 text-n10">
        All that the simulator made up is gone. Your own desk has a store of its own and was not touched.
        {desk === undefined && " What to type next:"}
      </p>
      {desk !== undefined && (
        <p className="mb-4 text-14 text-n10">
          <a href={desk} className="rounded border border-n6 px-3 py-1 text-n12 hover:bg-n3">
            Back to your own desk
          </a>{" "}
          It runs at {desk}. If you have ended it, type:
        </p>
      )}
      <CodeBlock name="next" code={NEXT} note="in the folder of Deskwatch" />
    </main>
  );
}
