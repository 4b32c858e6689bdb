import { WebSocket } from "ws";
import type { Clock } from "../../base/time.ts";
import type { OpenSocket, SocketEnd, SocketHandlers, SocketPort, SocketRequest } from "../core/ports.ts";

const HANDSHAKE_MS = 15_000;
/** Venues send whole subscriptions in one frame; Kalshi's limit is 64 MiB. */
const FRAME_BYTES_MAX = 64 * 1024 * 1024;
const CLOSE_NORMAL = 1000;

/** Real sockets. Pings are answered by the library. */
export const wsSocketPort =
  (clock: Clock): SocketPort =>
  (request, handlers) => {
    try {
      return opened(request, handlers, clock);
    } catch {
      // An address that is none. What the library says of it holds the address.
      queueMicrotask(() => handlers.onEnd({ reason: "the address of the venue is not one of a WebSocket" }));
      return { send: () => false, close: () => undefined };
    }
  };

function opened({ url, headers }: SocketRequest, handlers: SocketHandlers, clock: Clock): OpenSocket {
  const socket = new WebSocket(url, {
    headers: { ...headers },
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: FRAME_BYTES_MAX,
    perMessageDeflate: true,
    followRedirects: false,
    skipUTF8Validation: false,
  });
  let isOver = false;
  let failure: SocketEnd | undefined;
  const end = (why: SocketEnd): void => {
    if (isOver) return;
    isOver = true;
    handlers.onEnd(why);
  };
  socket.on("open", () => {
    if (!isOver) handlers.onOpen();
  });
  socket.on("message", (data, isBinary) => {
    if (!isOver && !isBinary) handlers.onFrame(data.toString(), clock.now());
  });
  const heard = (): void => {
    if (!isOver) handlers.onPing();
  };
  socket.on("ping", heard);
  socket.on("pong", heard);
  socket.on("unexpected-response", (asked, answer) => {
    failure = { status: answer.statusCode ?? 0, reason: answer.statusMessage ?? "" };
    answer.resume();
    asked.destroy();
    end(failure);
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    failure ??= { reason: error.code ?? error.message };
  });
  socket.on("close", (code, reason) => end(failure ?? { code, reason: reason.toString() }));
  return {
    send: (text) => {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      return true;
    },
    close: () => {
      isOver = true;
      if (socket.readyState === WebSocket.OPEN) socket.close(CLOSE_NORMAL);
      else socket.terminate();
    },
  };
}
