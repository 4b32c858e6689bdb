import type { Clock } from "../../base/time.ts";
import type { HttpPort, OpenSocket, SocketHandlers, SocketPort, SocketRequest } from "../core/ports.ts";
import { requestOf, targetOf } from "./target.ts";
import type { VenueRecord } from "./record.ts";

export interface RecordedPortsOptions {
  readonly venue: string;
  readonly clock: Clock;
  /** Unlike in any other run of the recorder. */
  readonly runId: string;
  readonly socket: SocketPort;
  readonly http: HttpPort;
  readonly write: (record: VenueRecord) => void;
}

/**
 * The ports of a connector, with everything that comes in by them recorded. What goes out is not: it holds keys and
 * signatures. Nor are answers to anything that may be more than a question (`requestOf`).
 */
export function recordedPorts(options: RecordedPortsOptions): { readonly socket: SocketPort; readonly http: HttpPort } {
  const { venue, clock, runId, write } = options;
  let opened = 0;
  const socket: SocketPort = (request, handlers) => {
    const connection = `${runId}-${venue}-${++opened}`;
    return recordedSocket({ ...options, request, handlers, connection });
  };
  const http: HttpPort = async (asked) => {
    const answer = await options.http(asked);
    const request = requestOf(asked);
    if (request === undefined) return answer;
    const at = clock.now();
    if (answer.ok) write({ at, kind: "answer", venue, request, status: answer.status, text: answer.text });
    else write({ at, kind: "failed", venue, request, reason: answer.reason });
    return answer;
  };
  return { socket, http };
}

interface RecordedSocket extends RecordedPortsOptions {
  readonly request: SocketRequest;
  readonly handlers: SocketHandlers;
  readonly connection: string;
}

function recordedSocket({ request, handlers, connection, socket, clock, write, venue }: RecordedSocket): OpenSocket {
  let isOpen = false;
  const ended = (reason: string, more: { readonly status?: number; readonly code?: number } = {}): void => {
    write({ at: clock.now(), kind: "ended", connection, ...more, reason });
    isOpen = false;
  };
  const port = socket(request, {
    onOpen: () => {
      isOpen = true;
      write({ at: clock.now(), kind: "opened", connection, venue, target: targetOf(request.url) });
      handlers.onOpen();
    },
    onFrame: (text, receivedAt) => {
      write({ at: receivedAt, kind: "frame", connection, text });
      handlers.onFrame(text, receivedAt);
    },
    onPing: () => {
      write({ at: clock.now(), kind: "ping", connection });
      handlers.onPing();
    },
    onEnd: (end) => {
      const { reason, ...more } = end;
      if (isOpen) ended(reason, more);
      handlers.onEnd(end);
    },
  });
  return {
    send: port.send,
    close: () => {
      if (isOpen) ended("closed from here");
      port.close();
    },
  };
}
