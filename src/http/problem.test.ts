import { Writable } from "node:stream";
import Fastify from "fastify";
import { onTestFinished, describe, expect, test } from "vitest";
import { z } from "zod";
import { StoreUnavailable } from "../hub/ports.ts";
import { answerError, ProblemError, registerProblems } from "./problem.ts";

function startApp() {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const app = Fastify({ logger: { level: "info", stream }, bodyLimit: 64, frameworkErrors: answerError });
  onTestFinished(() => app.close());
  registerProblems(app);
  app.post("/echo", async (request) => request.body);
  return { app, lines, throwing: (error: unknown) => app.get("/", async () => Promise.reject(error)) };
}

const json = { "content-type": "application/json" };

describe("registerProblems", () => {
  test.each([
    ["a body that is too large", { payload: `"${"x".repeat(100)}"`, headers: json }, 413, "too_large"],
    ["a body that is not JSON", { payload: "{", headers: json }, 400, "invalid_request"],
    ["a JSON body that is empty", { payload: "", headers: json }, 400, "invalid_request"],
    ["an unknown content type", { payload: "x", headers: { "content-type": "image/png" } }, 400, "invalid_request"],
  ])("answers with a problem when the request has %s", async (_what, request, status, code) => {
    const { app } = startApp();
    const answer = await app.inject({ method: "POST", url: "/echo", ...request });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status, code, type: `urn:deskwatch:error:${code}` });
    expect(answer.json().request_id).not.toBe("");
  });

  test("answers not_found when there is no such route", async () => {
    const { app } = startApp();
    const answer = await app.inject({ url: "/nothing/<script>" });
    expect([answer.statusCode, answer.json().code]).toEqual([404, "not_found"]);
    expect(answer.body).not.toContain("script");
  });

  test("answers with a problem when the URL is malformed", async () => {
    const { app } = startApp();
    expect((await app.inject({ url: "/%zz" })).json()).toMatchObject({ code: "invalid_request", status: 400 });
  });

  test("says nothing of a bug to the visitor, and all of it to the log", async () => {
    const { app, lines, throwing } = startApp();
    throwing(new Error("password=hunter2 at /srv/secret"));
    const answer = await app.inject({ url: "/" });
    expect([answer.statusCode, answer.json().code]).toEqual([500, "internal"]);
    expect(answer.body).not.toContain("hunter2");
    expect(lines.join("")).toContain("hunter2");
    expect(lines.join("")).toContain(answer.json().request_id);
  });

  test("keeps the code, the headers and the fields when a route throws a problem", async () => {
    const { app, throwing } = startApp();
    throwing(
      new ProblemError("overloaded", { detail: "full", retryAfterS: 2.1, errors: [{ path: "a", message: "b" }] }),
    );
    const answer = await app.inject({ url: "/" });
    expect(answer.json()).toMatchObject({ code: "overloaded", detail: "full", errors: [{ path: "a", message: "b" }] });
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([429, "3"]);
  });

  test("answers store_unavailable with Retry-After when the store is away", async () => {
    const { app, throwing } = startApp();
    throwing(new StoreUnavailable("disk full at /srv"));
    const answer = await app.inject({ url: "/" });
    expect([answer.statusCode, answer.json().code, answer.headers["retry-after"]]).toEqual([
      503,
      "store_unavailable",
      "1",
    ]);
    expect(answer.body).not.toContain("/srv");
  });

  test("names the fields when a check of the request failed", async () => {
    const { app, throwing } = startApp();
    throwing(z.object({ limit: z.number() }).safeParse({ limit: "x" }).error);
    const answer = await app.inject({ url: "/" });
    expect(answer.json()).toMatchObject({ code: "invalid_request", errors: [{ path: "limit" }] });
  });

  test("takes the status of others' errors when it is the visitor's fault, and hides the rest", async () => {
    for (const [statusCode, code] of [
      [403, "forbidden"],
      [418, "invalid_request"],
      [302, "internal"],
      [502, "internal"],
    ] as const) {
      const { app, throwing } = startApp();
      throwing(Object.assign(new Error("inside"), { statusCode }));
      const answer = await app.inject({ url: "/" });
      expect([statusCode, answer.json().code]).toEqual([statusCode, code]);
      expect(answer.body).not.toContain("inside");
    }
  });
});
