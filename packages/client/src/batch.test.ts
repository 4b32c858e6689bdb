import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchBody, roomFor } from "./batch.ts";
import { Draft } from "./draft.ts";

const line = fc.string({ unit: fc.constantFrom("a", "é", "€", "😀"), maxLength: 40 });

describe("roomFor", () => {
  test("takes what fits by bytes, and the first line always", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.integer({ min: 1, max: 600 }), (lines, bytesMax) => {
        const fits = roomFor(bytesMax);
        let bytes = 0;
        return lines.every((each) => {
          const size = Buffer.byteLength(each) + 1;
          const wanted = bytes === 0 || bytes + size <= bytesMax;
          if (wanted) bytes += size;
          return fits(each) === wanted;
        });
      }),
    );
  });
});

describe("batchBody", () => {
  test("has a line for each event, the heartbeat last", () => {
    const entries = [{ draft: new Draft("{2}"), sample: false, order: 0 }];
    expect(batchBody({ spooled: ["{1}"], entries, heartbeat: "{3}" })).toBe("{1}\n{2}\n{3}\n");
    expect(batchBody({ spooled: [], entries, heartbeat: undefined })).toBe("{2}\n");
  });
});
