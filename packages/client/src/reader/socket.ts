import { baseOf } from "./get.ts";

/** What is used of a `WebSocket`, be it the browser's, Node's, or that of the package `ws`. */
export interface WebSocketLike {
  send(data: string): void;
  close(): void;
  addEventListener(type: "open" | "message" | "close" | "error", listener: (event: never) => void): void;
}

export type WebSocketClass = new (url: string, ...rest: never[]) => WebSocketLike;

export interface SocketOptions {
  readonly url: string;
  readonly key?: string | undefined;
  readonly WebSocket?: WebSocketClass | undefined;
  /** The stream's path; that of the desk when absent. */
  readonly path?: string;
}

/** What happens to a connection. `closed` comes once, also when there never was one. */
export interface SocketHandlers {
  readonly opened: () => void;
  readonly message: (text: string) => void;
  readonly closed: (why: string) => void;
}

/** Opens the hub's stream. Throws when this runtime has no `WebSocket` and none was handed in. */
export function openStream(options: SocketOptions, handlers: SocketHandlers): WebSocketLike {
  const url = `${baseOf(options.url).replace(/^http/, "ws")}${options.path ?? "/api/v1/stream"}`;
  const given: unknown = options.WebSocket ?? Reflect.get(globalThis, "WebSocket");
  if (typeof given !== "function") throw new TypeError("this runtime has no WebSocket: hand one in");
  // The one way to hand over a key that every WebSocket has: not all of them can set headers.
  const rest = options.key === undefined ? [] : [["deskwatch", `bearer.${options.key}`]];
  const socket: unknown = Reflect.construct(given, [url, ...rest]);
  if (!isSocket(socket)) throw new TypeError("what was handed in as WebSocket is none");
  listen(socket, handlers);
  return socket;
}

function listen(socket: WebSocketLike, handlers: SocketHandlers): void {
  let closed = false;
  let why = "the connection was closed";
  const end = (): void => {
    if (closed) return;
    closed = true;
    handlers.closed(why);
  };
  socket.addEventListener("open", () => handlers.opened());
  socket.addEventListener("message", (event: { readonly data: unknown }) => {
    if (!closed && typeof event.data === "string") handlers.message(event.data);
  });
  socket.addEventListener("error", (event: { readonly message?: unknown }) => {
    why = typeof event.message === "string" && event.message !== "" ? event.message : "the hub cannot be reached";
  });
  socket.addEventListener("close", end);
}

const isSocket = (value: unknown): value is WebSocketLike =>
  typeof value === "object" && value !== null && "send" in value && "addEventListener" in value;
