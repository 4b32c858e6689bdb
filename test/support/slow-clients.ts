import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Connections that do not behave; close them with `closeAll`. */
export class SlowClients {
  readonly #url: URL;
  readonly #sockets: Socket[] = [];

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** Connections that the hub has cut. */
  get cut(): number {
    return this.#sockets.filter((socket) => socket.destroyed).length;
  }

  /** Connected, and nothing more. */
  async idle(count: number): Promise<void> {
    for (let left = count; left > 0; left--) await this.#open();
  }

  /** Sends a byte of a request's headers now and then. */
  async dribbleHeaders(count: number, everyMs: number): Promise<void> {
    for (let left = count; left > 0; left--)
      void this.#dribble(
        await this.#open(),
        `POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nX: ${"y".repeat(9_000)}`,
        everyMs,
      );
  }

  /** Sends all headers, and a byte of the body now and then. */
  async dribbleBody(count: number, everyMs: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      const socket = await this.#open();
      socket.write("POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n");
      void this.#dribble(socket, `[${" ".repeat(8_998)}]`, everyMs);
    }
  }

  /** Announces a body of the largest size, or of none in particular, and sends next to nothing of it. */
  async announceMuch(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      const length =
        left % 2 === 0 ? "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n" : "Content-Length: 8388608\r\n\r\n[";
      (await this.#open()).write(`POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\n${length}`);
    }
  }

  /** Says in the middle of a request that nothing more will come. */
  async halfOpen(count: number): Promise<void> {
    for (let left = count; left > 0; left--)
      (await this.#open()).end(
        'POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n{"type":',
      );
  }

  /** Subscribers to every fact that read `bytesPerS` bytes a second, or nothing at all. */
  async subscribe(count: number, bytesPerS: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      const socket = await this.#open();
      socket.pause();
      socket.write(HANDSHAKE);
      socket.write(textFrame(JSON.stringify({ op: "subscribe", topics: ["events", "fills", "bots"] })));
      if (bytesPerS > 0) void readSlowly(socket, bytesPerS);
    }
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #open(): Promise<Socket> {
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port), allowHalfOpen: true });
    // What the hub does to such a connection shows in `cut`.
    socket.on("error", () => socket.destroy());
    this.#sockets.push(socket);
    await once(socket, "connect");
    return socket;
  }

  async #dribble(socket: Socket, text: string, everyMs: number): Promise<void> {
    socket.resume();
    for (const character of text) {
      if (socket.destroyed) return;
      socket.write(character);
      await delay(everyMs, undefined, { ref: false });
    }
  }
}

async function readSlowly(socket: Socket, bytesPerS: number): Promise<void> {
  while (!socket.destroyed) {
    socket.read(bytesPerS);
    await delay(1_000, undefined, { ref: false });
  }
}

const HANDSHAKE = [
  "GET /api/v1/stream HTTP/1.1",
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

/** A masked frame of less than 126 bytes (RFC 6455). The mask is zero: it hides nothing. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
