import * as net from "node:net";
import * as tls from "node:tls";
import { type ReadAnswer, readAnswer } from "./http-answer.ts";

const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const NO_BYTES = Buffer.alloc(0);

/** The hub closed the line before it said anything: on a line that was used before, that says nothing about the hub. */
export class LineLost extends Error {
  override readonly name = "LineLost";
}

/** A connection that never keeps the process alive. Throws on an address that no socket takes. */
export function openSocket(url: URL): net.Socket {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const socket = secure ? tls.connect({ host, port, ...servername }) : net.connect({ host, port });
  socket.setNoDelay(true);
  socket.unref();
  return socket;
}

/** Sends one request and resolves to its answer, or rejects when none came. The socket is free of listeners afterwards. */
export function exchange(socket: net.Socket, request: string): Promise<ReadAnswer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = NO_BYTES;
    const settle = (act: () => void): void => {
      socket.off("data", onData);
      socket.off("error", onError);
      socket.off("close", onClose);
      act();
    };
    const read = (closed: boolean): void => {
      try {
        const answer = readAnswer(received, closed);
        if (answer !== undefined) settle(() => resolve(answer));
        else if (received.length > ANSWER_BYTES_MAX) throw new Error("the answer is too large");
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const onData = (chunk: Buffer): void => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      read(false);
    };
    let failure: Error | undefined;
    const onError = (error: Error): void => {
      failure = error;
    };
    const onClose = (): void => {
      if (failure === undefined) read(true);
      const why = failure?.message ?? "the connection was lost before the answer was whole";
      // Without effect when the end of the connection was the end of the answer.
      settle(() => reject(received.length === 0 ? new LineLost(why) : new Error(why)));
    };
    socket.on("data", onData);
    socket.on("error", onError);
    socket.on("close", onClose);
    socket.write(request);
  });
}
