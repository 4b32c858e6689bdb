import { createRootRoute, createRoute, createRouter, type ErrorComponentProps, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { SetUp, SignIn } from "./pages/account.tsx";
import { BotDetail } from "./pages/bot-detail.tsx";
import { Bots } from "./pages/bots.tsx";
import { Connect } from "./pages/connect.tsx";
import { Edges } from "./pages/edges.tsx";
import { Exposure } from "./pages/exposure.tsx";
import { Fills } from "./pages/fills.tsx";
import { Health } from "./pages/health.tsx";
import { Overview } from "./pages/overview.tsx";
import { Rejected } from "./pages/rejected.tsx";
import { PageFrame } from "./pages/page-frame.tsx";
import { Empty, Trouble } from "./parts/panel.tsx";
import { DeskShell } from "./shell/shell.tsx";

const root = createRootRoute({ errorComponent: Broken });

/** What stands inside the strip and the navigation. */
const desk = createRoute({ getParentRoute: () => root, id: "desk", component: DeskShell });

const routeTree = root.addChildren([
  desk.addChildren([
    createRoute({ getParentRoute: () => desk, path: "/", component: Overview }),
    createRoute({ getParentRoute: () => desk, path: "/bots", component: Bots }),
    createRoute({ getParentRoute: () => desk, path: "/bots/$bot", component: BotDetail }),
    createRoute({ getParentRoute: () => desk, path: "/fills", component: Fills }),
    createRoute({ getParentRoute: () => desk, path: "/edges", component: Edges }),
    createRoute({ getParentRoute: () => desk, path: "/exposure", component: Exposure }),
    createRoute({ getParentRoute: () => desk, path: "/health", component: Health }),
    createRoute({ getParentRoute: () => desk, path: "/rejected", component: Rejected }),
    createRoute({ getParentRoute: () => desk, path: "/connect", component: () => <Connect /> }),
    createRoute({ getParentRoute: () => desk, path: "$", component: NotFound }),
  ]),
  createRoute({ getParentRoute: () => root, path: "/set-up", component: SetUp }),
  createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignIn }),
]);

/** The addresses of the page. A page that breaks leaves the others standing. */
export const router = createRouter({ routeTree, defaultErrorComponent: Broken });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

function NotFound(): ReactNode {
  return (
    <PageFrame title="There is no such page">
      <Empty title="Nothing is at this address">
        <Link to="/" className="underline underline-offset-2">
          To the overview
        </Link>
      </Empty>
    </PageFrame>
  );
}

function Broken({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <Trouble title="This page broke" retry={reset}>
      A bug of the page, not of your bots: {error instanceof Error ? error.message : String(error)}. The other pages go
      on; the events are safe in the hub.
    </Trouble>
  );
}
