import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { Principal, RouteAccess } from "./access/principal.ts";
import type { Access } from "./access/register-access.ts";
import type { Refusal } from "./access/permit.ts";
import { refuseUpgrade } from "./access/upgrade.ts";

/** A handshake that may go on. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly principal: Principal;
}

/** One kind of WebSocket that the hub serves. */
export interface UpgradeRoute {
  /** Whether it is asked for by that path, without its query. */
  readonly matches: (path: string) => boolean;
  readonly access: RouteAccess;
  /** Why no more of them can be opened now. */
  readonly isFull: () => Refusal | undefined;
  readonly open: (upgrade: Upgrade) => void;
}

/** Every WebSocket handshake: the checks that other routes get by themselves, then the route that the path names. */
export class Upgrades {
  readonly #app: FastifyInstance;
  readonly #access: Pick<Access, "authorizeUpgrade">;
  readonly #routes: UpgradeRoute[] = [];

  constructor(app: FastifyInstance, access: Pick<Access, "authorizeUpgrade">) {
    this.#app = app;
    this.#access = access;
    // Other upgrades (curl asks for h2c) are answered as if they had not been asked for.
    Object.assign(app.server, {
      shouldUpgradeCallback: (request: IncomingMessage) => this.#routeOf(request) !== undefined,
    });
    app.server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#take(request, socket, head),
    );
  }

  add(route: UpgradeRoute): void {
    this.#routes.push(route);
  }

  #routeOf(request: IncomingMessage): UpgradeRoute | undefined {
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return undefined;
    const path = pathOf(request);
    return this.#routes.find(({ matches }) => matches(path));
  }

  #take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until `ws` takes the socket over its errors are ours: without a listener one would end the process.
    const onError = (): void => void socket.destroy();
    socket.on("error", onError);
    const route = this.#routeOf(request);
    if (route === undefined) return refuseUpgrade(socket, { code: "not_found", detail: "There is no WebSocket here." });
    this.#access
      .authorizeUpgrade(request, route.access)
      .then((decision) => {
        if (socket.destroyed) return;
        socket.off("error", onError);
        const refusal = decision.ok ? route.isFull() : decision.refusal;
        if (refusal !== undefined) refuseUpgrade(socket, refusal);
        else if (decision.ok) route.open({ request, socket, head, principal: decision.principal });
      })
      .catch((error: unknown) => {
        this.#app.log.error({ err: error }, "bug: a WebSocket could not be opened");
        socket.destroy();
      });
  }
}

/** The path that a handshake asks for. */
export const pathOf = ({ url = "" }: Pick<IncomingMessage, "url">): string => url.split("?")[0] ?? "";
