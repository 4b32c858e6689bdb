import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAnswer } from "./http-answer.ts";

const BODY = '{"accepted":1,"note":"ü€"}';
const bytes = Buffer.byteLength(BODY);
const sized = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\nRetry-After: 3\r\n\r\n${BODY}`;
const chunkOf = (text: string): string => `${Buffer.byteLength(text).toString(16)};x=1\r\n${text}\r\n`;
const chunked = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nretry-after: 3\r\n\r\n${chunkOf(BODY.slice(0, 5))}${chunkOf(BODY.slice(5))}0\r\n`;
const expected = { answer: { status: 200, retryAfter: "3", body: BODY }, reusable: true };

const read = (text: string, closed = false) => readAnswer(Buffer.from(text), closed);

describe("readAnswer", () => {
  test.each([
    ["with a length", sized],
    ["in chunks", `${chunked}\r\n`],
    ["in chunks with trailers", `${chunked}Checksum: 1\r\n\r\n`],
    ["after interim answers", `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n${sized}`],
  ])("is the answer when it came whole and undefined at each byte before: %s", (_form, text) => {
    const all = Buffer.from(text);
    expect(readAnswer(all, false)).toEqual(expected);
    for (let end = 0; end < all.length; end++) expect(readAnswer(all.subarray(0, end), false)).toBeUndefined();
  });

  test("ends with the connection when no length was said", () => {
    const text = `HTTP/1.1 500 Oh\r\n\r\n${BODY}`;
    expect(read(text)).toBeUndefined();
    expect(read(text, true)).toEqual({ answer: { status: 500, retryAfter: undefined, body: BODY }, reusable: false });
  });

  test.each([
    ["says close", sized.replace("Retry-After: 3", "Connection: Close")],
    ["is of HTTP/1.0", sized.replace("HTTP/1.1", "HTTP/1.0")],
    ["has more behind it", `${sized}HTTP/1.1 200`],
  ])("gives the connection up when the answer %s", (_what, text) => {
    expect(read(text)?.reusable).toBe(false);
  });

  test.each([204, 304])("has no body when the status is %i", (status) => {
    expect(read(`HTTP/1.1 ${status}\r\nx: y\r\n\r\n`)).toEqual({
      answer: { status, retryAfter: undefined, body: "" },
      reusable: true,
    });
  });

  test.each([
    ["another protocol", "SSH-2.0-x\r\n\r\n"],
    ["a broken length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
    ["a broken chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
    ["a broken header", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"],
    ["headers without end", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}`],
  ])("throws when it is %s", (_what, text) => {
    expect(() => read(text)).toThrow("the answer");
  });

  test("gives an answer, waits or throws, and always ends, when it is fed with anything", () => {
    const piece = fc.constantFrom(
      "HTTP/1.1 200 OK",
      "\r\n",
      "\r\n\r\n",
      "content-length: 3",
      "transfer-encoding: chunked",
      "3",
      "abc",
      "0",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), fc.boolean(), (pieces, closed) => {
        try {
          expect(read(pieces.join(""), closed)?.answer.status ?? 200).toBe(200);
        } catch (error) {
          expect(String(error)).toContain("the answer");
        }
      }),
    );
  });
});
