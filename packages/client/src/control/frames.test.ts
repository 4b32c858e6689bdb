import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameReader, frameOf } from "./frames.ts";

/** A frame as a hub sends it: not masked. */
function hubFrame(first: number, payload: Buffer): Buffer {
  const length = payload.length;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload]);
  if (length <= 0xffff) return Buffer.concat([Buffer.from([first, 126, length >> 8, length & 0xff]), payload]);
  const head = Buffer.alloc(10);
  head.set([first, 127]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

test("reads every message whole, however its bytes are cut and its text is parted", () => {
  const messages = fc.array(fc.tuple(fc.string({ maxLength: 300, unit: "grapheme" }), fc.nat(4)), { maxLength: 6 });
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (texts, cuts) => {
      const frames = texts.flatMap(([text, parts]) => {
        const bytes = Buffer.from(text);
        const size = Math.max(1, Math.ceil(bytes.length / (parts + 1)));
        const pieces = Array.from({ length: parts }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
        const all = [...pieces, bytes.subarray(parts * size)];
        // A ping may come between the parts of a text.
        return all.flatMap((piece, index) => [
          hubFrame((index === 0 ? 1 : 0) | (index === all.length - 1 ? 0x80 : 0), piece),
          hubFrame(0x89, Buffer.from("p")),
        ]);
      });
      const bytes = Buffer.concat(frames);
      const reader = new FrameReader(100_000);
      const read: string[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = cuts[turn % cuts.length] ?? 1;
        for (const message of reader.push(bytes.subarray(at, at + size)))
          if (message.kind === "text") read.push(message.text);
        at += size;
      }
      expect(read).toEqual(texts.map(([text]) => text));
    }),
  );
});

test.each([0, 125, 126, 65_535, 65_536])("masks what it sends when it is %i bytes long", (length) => {
  const payload = Buffer.alloc(length, "a");
  const frame = frameOf("text", payload);
  const head = length < 126 ? 2 : length <= 0xffff ? 4 : 10;
  const mask = frame.subarray(head, head + 4);
  const unmasked = frame.subarray(head + 4).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  expect([frame[0], (frame[1] ?? 0) & 0x80, Buffer.from(unmasked).equals(payload)]).toEqual([0x81, 0x80, true]);
});

test("keeps no text that grows without end, also in parts of nothing", () => {
  const reader = new FrameReader(10_000);
  reader.push(hubFrame(0x01, Buffer.alloc(0)));
  const push = (): void => {
    for (let count = 0; count < 1_000; count++) reader.push(hubFrame(0x00, Buffer.alloc(0)));
  };
  expect(push).toThrow("too large");
});
