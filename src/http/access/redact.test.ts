import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { redactPaths } from "./redact.ts";

describe("redactPaths", () => {
  test("hide every secret when somebody logs a whole request, answer or body", () => {
    const lines: string[] = [];
    const log = pino({ redact: { paths: [...redactPaths] } }, { write: (line) => void lines.push(line) });
    const headers = {
      authorization: "Bearer s3cret-1",
      cookie: "session=s3cret-2",
      "x-api-key": "s3cret-3",
      "sec-websocket-protocol": "deskwatch, bearer.s3cret-4",
      host: "localhost",
    };
    const body = { name: "Ada", password: "s3cret-5", setup_token: "s3cret-6", new_password: "s3cret-7" };
    log.info({ req: { headers, body }, res: { headers: { "set-cookie": "s3cret-8" } } }, "whole");
    log.info({ headers }, "headers");
    log.info({ body, token: "s3cret-9", key: "s3cret-10", answer: { key: "s3cret-11" } }, "body");
    expect(lines.join("")).not.toContain("s3cret");
    expect(lines.join("")).toContain("localhost");
    expect(lines.join("")).toContain("Ada");
  });
});
