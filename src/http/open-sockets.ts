import type { FastifyInstance } from "fastify";
import { WebSocketServer } from "ws";
import { chooseProtocol } from "./access/credentials.ts";
import type { Principal } from "./access/principal.ts";
import type { Access } from "./access/register-access.ts";

interface OpenSocket {
  readonly ping: () => void;
  readonly close: (code: number, reason: string) => void;
}

export interface OpenSocketsOptions {
  readonly access: Pick<Access, "onKeyRevoked" | "onSignedOut">;
  /** Longer frames end a connection. */
  readonly frameBytesMax: number;
  /** Time between two pings; a connection that let two go unanswered is closed. 15 s when absent. */
  readonly pingMs?: number | undefined;
}

const PING_MS = 15_000;

/**
 * The open WebSockets of one kind, each with whom it serves: pinged, closed when the key is revoked or the person signs
 * out, and when the hub stops.
 */
export class OpenSockets<Connection extends OpenSocket> {
  /** Takes handshakes over. */
  readonly server: WebSocketServer;
  readonly #connections = new Map<Connection, Principal>();

  constructor(app: FastifyInstance, { access, frameBytesMax, pingMs = PING_MS }: OpenSocketsOptions) {
    this.server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: frameBytesMax,
      handleProtocols: chooseProtocol,
    });
    const pings = setInterval(() => {
      for (const connection of this.#connections.keys()) connection.ping();
    }, pingMs);
    pings.unref();
    const stops = this.#watch(access);
    app.addHook("preClose", async () => {
      clearInterval(pings);
      for (const stop of stops) stop();
      this.#close(1001, "the hub stops", () => true);
    });
  }

  get size(): number {
    return this.#connections.size;
  }

  add(connection: Connection, principal: Principal): void {
    this.#connections.set(connection, principal);
  }

  remove(connection: Connection): void {
    this.#connections.delete(connection);
  }

  #watch({ onKeyRevoked, onSignedOut }: OpenSocketsOptions["access"]): (() => void)[] {
    return [
      onKeyRevoked((prefix) =>
        this.#close(1008, "the key was revoked", (who) => who.kind === "key" && who.prefix === prefix),
      ),
      // Another session of the same person goes on: its page connects again.
      onSignedOut((userId) => this.#close(1008, "signed out", (who) => who.kind === "person" && who.userId === userId)),
    ];
  }

  #close(code: number, reason: string, isMeant: (principal: Principal) => boolean): void {
    for (const [connection, principal] of this.#connections) if (isMeant(principal)) connection.close(code, reason);
  }
}
