import * as net from "node:net";
import * as tls from "node:tls";

interface Reading {
  /** Where what comes is put, time and again, before `take` is told. */
  readonly buffer: Buffer;
  readonly take: (bytes: number) => void;
}

/**
 * A connection that never keeps the process alive. Throws on an address that no socket takes. With `reading` what comes is
 * handed over without events: for an answer now and then that is half of the time.
 */
export function openSocket(url: URL, reading?: Reading): net.Socket {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const onread = reading === undefined ? {} : { onread: { buffer: reading.buffer, callback: taking(reading) } };
  const socket = secure
    ? tls.connect({ host, port, ...servername, ...onread })
    : net.connect({ host, port, ...onread });
  socket.setNoDelay(true);
  socket.unref();
  return socket;
}

/** Tells on, and goes on reading. */
const taking =
  ({ take }: Reading) =>
  (bytes: number): boolean => {
    take(bytes);
    return true;
  };
