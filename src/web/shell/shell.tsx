import { Link, Navigate, Outlet, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { age } from "../../view/time-format.ts";
import { useControls } from "../live/use-controls.ts";
import { useCell, useDesk, useNowMs } from "../live/use-desk.ts";
import { accessNeeded, useAccess } from "./access.tsx";
import { Announcer } from "./announcer.tsx";
import { ControlDesk } from "./control-desk.tsx";
import { DemoBanner, DemoWiped } from "./demo.tsx";
import { Help } from "./help.tsx";
import { useKeyboard } from "./keyboard.ts";
import { LiveDesk } from "./live-desk.tsx";
import { Palette } from "./palette.tsx";
import { usePaletteItems } from "./palette-items.ts";
import { pages } from "./pages.ts";
import { ReplayBar } from "./replay-bar.tsx";
import { toggleTheme } from "./settings.ts";
import { Strip } from "./strip.tsx";
import { transportKey, useTransport } from "./use-transport.ts";

/** The desk with its strip and navigation, once who looks at it may see it. */
export function DeskShell(): ReactNode {
  const { access } = useAccess();
  const needed = accessNeeded(access);
  if (needed !== undefined) return <Navigate to={needed} replace />;
  return <Desk />;
}

function Desk(): ReactNode {
  const { replay } = useSearch({ from: "__root__" });
  const [wiped, setWiped] = useState(false);
  if (wiped) return <DemoWiped />;
  return (
    <LiveDesk key={replay ?? ""} replay={replay}>
      <ControlDesk>
        <Frame onWiped={() => setWiped(true)} />
      </ControlDesk>
    </LiveDesk>
  );
}

type Overlay = "palette" | "help" | undefined;

function Frame({ onWiped }: { readonly onWiped: () => void }): ReactNode {
  const [overlay, setOverlay] = useState<Overlay>();
  const desk = useDesk();
  const navigate = useNavigate();
  const lost = useCell(desk.connection).state === "reconnecting";
  const replay = useCell(desk.replay);
  const { ask } = useControls();
  const transport = useTransport(desk.source ?? "");
  const items = usePaletteItems(() => setOverlay("help"));
  const close = (): void => setOverlay(undefined);
  useKeyboard({
    go: (page) => void navigate({ to: page.to }),
    openPalette: () => setOverlay("palette"),
    openHelp: () => setOverlay("help"),
    toggleTheme,
    haltAll: () => ask({ action: "halt", target: { all: true } }),
    togglePause: () => desk.setPaused(!desk.paused.get()),
    transport: (key) => replay !== undefined && transportKey(key, replay, transport),
  });
  return (
    <div
      data-source={desk.source === undefined ? "live" : "replay"}
      className="grid h-dvh grid-cols-1 grid-rows-[auto_auto_minmax(0,1fr)_auto] sm:grid-cols-[auto_minmax(0,1fr)] sm:grid-rows-[auto_auto_minmax(0,1fr)]"
    >
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-20 focus:bg-n4 focus:p-2">
        Skip to the content
      </a>
      <Strip openPalette={() => setOverlay("palette")} />
      <div className="col-span-full min-w-0">
        {desk.source !== undefined && <ReplayBar replay={replay} transport={transport} />}
        <DemoBanner onWiped={onWiped} />
      </div>
      <Navigation openMore={() => setOverlay("palette")} />
      <main
        id="content"
        tabIndex={-1}
        className="relative min-w-0 overflow-y-auto bg-n1 outline-none max-sm:row-start-3"
      >
        <Interruption />
        <div className={`h-full ${lost ? "is-stale" : ""}`} data-stale={lost}>
          <Outlet />
        </div>
      </main>
      <Announcer />
      {overlay === "palette" && <Palette items={items} onClose={close} />}
      {overlay === "help" && <Help onClose={close} />}
    </div>
  );
}

function Navigation({ openMore }: { readonly openMore: () => void }): ReactNode {
  const { ask, refusal } = useControls();
  const linkClass =
    "flex items-center justify-center whitespace-nowrap px-3 py-2 text-n10 max-sm:px-0 hover:text-n12 sm:justify-start sm:py-1.5 aria-[current=page]:text-n12 aria-[current=page]:font-medium sm:aria-[current=page]:bg-n4 sm:rounded max-sm:aria-[current=page]:shadow-[inset_0_2px_var(--n11)]";
  return (
    <nav
      aria-label="Pages"
      className="border-n5 bg-n2 max-sm:row-start-4 max-sm:grid max-sm:grid-flow-col max-sm:auto-cols-fr max-sm:text-12 max-sm:border-t max-sm:pb-[env(safe-area-inset-bottom)] sm:w-40 sm:overflow-y-auto sm:border-r sm:p-2"
    >
      {pages.map(({ to, label, letter, short }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === "/" }}
          aria-keyshortcuts={`g ${letter}`}
          className={`group ${linkClass} ${short ? "" : "max-sm:hidden"}`}
        >
          {label}
          <span
            aria-hidden="true"
            className="ml-auto font-sans text-12 text-n9 opacity-0 group-hover:opacity-100 max-sm:hidden"
          >
            g {letter}
          </span>
        </Link>
      ))}
      {refusal === undefined && (
        <button
          type="button"
          onClick={() => ask({ action: "halt", target: { all: true } })}
          aria-label="Halt everything"
          className={`${linkClass} text-bad! sm:hidden`}
        >
          <span aria-hidden="true">■</span>&nbsp;Halt
        </button>
      )}
      <button type="button" onClick={openMore} className={`${linkClass} sm:hidden`}>
        More
      </button>
    </nav>
  );
}

/** Above the content while it is not what is: the stream lost, or paused. */
function Interruption(): ReactNode {
  const desk = useDesk();
  const { state, lastFrameMs, detail } = useCell(desk.connection);
  const paused = useCell(desk.paused);
  if (state === "reconnecting") return <LostBanner lastFrameMs={lastFrameMs} detail={detail} />;
  if (!paused) return null;
  return (
    <p className="sticky top-0 z-10 flex items-center gap-2 border-stale/60 border-b bg-n3 px-3 py-1.5 text-n11">
      <span className="text-stale">‖ Paused</span> what comes is kept and shown when you go on
      <button
        type="button"
        onClick={() => desk.setPaused(false)}
        className="ml-auto rounded border border-n6 px-2 hover:bg-n4"
      >
        Go on <kbd className="font-sans text-12 text-n9">p</kbd>
      </button>
    </p>
  );
}

function LostBanner({
  lastFrameMs,
  detail,
}: {
  readonly lastFrameMs: number | undefined;
  readonly detail: string | undefined;
}): ReactNode {
  const nowMs = useNowMs();
  const last = lastFrameMs === undefined ? "Nothing came yet" : `Last update ${age((nowMs - lastFrameMs) / 1000)} ago`;
  return (
    <p className="sticky top-0 z-10 border-stale/60 border-b bg-n3 px-3 py-1.5 text-n11" data-lost="">
      <span className="text-stale">
        <span aria-hidden="true">⚠</span> {last}, reconnecting.
      </span>{" "}
      What you see is old; bots keep their events until the hub is back.
      {detail !== undefined && detail !== "" && <span className="text-n9"> ({detail})</span>}
    </p>
  );
}
