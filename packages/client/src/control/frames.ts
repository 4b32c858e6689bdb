import { randomBytes } from "node:crypto";

/** Frames of RFC 6455, as a client reads and writes them. */
export type Message =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "ping" | "pong" | "close"; readonly data: Buffer };

const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FINAL = 0x80;
const MASKED = 0x80;
const CONTROL_BYTES_MAX = 125;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
const PART_BYTES = 64;

const OPCODES = { text: TEXT, close: CLOSE, ping: PING, pong: PONG } as const;

/** One frame, masked as those of a client must be. */
export function frameOf(kind: keyof typeof OPCODES, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const head = headOf(OPCODES[kind], payload.length);
  const body = Buffer.allocUnsafe(payload.length);
  for (let index = 0; index < payload.length; index++) body[index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0);
  return Buffer.concat([head, mask, body]);
}

function headOf(opcode: number, length: number): Buffer {
  if (length < TWO_BYTES) return Buffer.from([FINAL | opcode, MASKED | length]);
  if (length <= 0xffff) return Buffer.from([FINAL | opcode, MASKED | TWO_BYTES, length >> 8, length & 0xff]);
  const head = Buffer.alloc(10);
  head[0] = FINAL | opcode;
  head[1] = MASKED | EIGHT_BYTES;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  readonly size: number;
}

/** Puts messages together from the bytes of a hub, however they are cut. */
export class FrameReader {
  readonly #bytesMax: number;
  #received: Buffer = Buffer.alloc(0);
  #parts: Buffer[] | undefined;
  #partBytes = 0;

  /** `bytesMax`: of one message. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The messages that are whole now. Throws on what breaks the protocol; the connection is then of no more use. */
  push(bytes: Buffer): Message[] {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const messages: Message[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      this.#received = this.#received.subarray(frame.size);
      const message = frame.opcode >= CLOSE ? controlMessage(frame) : this.#data(frame);
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  #next(): Frame | undefined {
    const bytes = this.#received;
    const [first, second] = bytes;
    if (first === undefined || second === undefined) return undefined;
    if ((first & 0x70) !== 0) throw new Error("the hub uses an extension that was not agreed on");
    if ((second & MASKED) !== 0) throw new Error("the hub masks its frames");
    const short = second & 0x7f;
    if ((first & CLOSE) !== 0 && short > CONTROL_BYTES_MAX) throw new Error("the hub sent a broken control frame");
    const head = short === EIGHT_BYTES ? 10 : short === TWO_BYTES ? 4 : 2;
    if (bytes.length < head) return undefined;
    const length =
      short === EIGHT_BYTES ? Number(bytes.readBigUInt64BE(2)) : short === TWO_BYTES ? bytes.readUInt16BE(2) : short;
    if (length + this.#partBytes > this.#bytesMax) throw new Error("the hub sent a message that is too large");
    if (bytes.length < head + length) return undefined;
    return {
      final: (first & FINAL) !== 0,
      opcode: first & 0x0f,
      payload: bytes.subarray(head, head + length),
      size: head + length,
    };
  }

  #data({ final, opcode, payload }: Frame): Message | undefined {
    const continues = opcode === 0;
    if (!continues && opcode !== TEXT) throw new Error("the hub sent a frame that is no text");
    if (continues !== (this.#parts !== undefined)) throw new Error("the hub sent a message in the wrong order");
    const parts = [...(this.#parts ?? []), payload];
    if (!final) {
      this.#parts = parts;
      // What an empty part costs counts too.
      this.#partBytes += payload.length + PART_BYTES;
      return undefined;
    }
    this.#parts = undefined;
    this.#partBytes = 0;
    return { kind: "text", text: (parts.length === 1 ? payload : Buffer.concat(parts)).toString("utf8") };
  }
}

function controlMessage({ final, opcode, payload }: Frame): Message {
  if (!final) throw new Error("the hub sent a broken control frame");
  if (opcode === CLOSE) return { kind: "close", data: payload };
  if (opcode !== PING && opcode !== PONG) throw new Error("the hub sent a frame of an unknown kind");
  return { kind: opcode === PING ? "ping" : "pong", data: payload };
}
