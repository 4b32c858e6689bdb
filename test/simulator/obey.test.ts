import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import type { CommandView } from "../../src/protocol/api-control.ts";
import { startDeskProcess } from "../support/desk-process.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { waitUntil } from "../support/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/app/main.ts", import.meta.url));

/** A hub with two made-up bots that go on in real time, and what an operator does with them. */
async function liveDesk() {
  const dataDir = join(scratchDirectory(), "data");
  const desk = await startDeskProcess({ dataDir });
  onTestFinished(() => desk.end("SIGTERM"));
  const call = async <T>(path: string, body?: object): Promise<T> => {
    const { token } = ensure(readLocalAccess(dataDir), "the local token");
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return (await (await fetch(`${desk.url}${path}`, { headers, ...init })).json()) as T;
  };
  const simulate = () => {
    const bots = ["--bots", "mm-majors,mm-alts", "--hours", "0.05", "--url", desk.url];
    const child = spawn(process.execPath, [MAIN, "simulate", "--live", ...bots], { cwd: tmpdir(), stdio: "ignore" });
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    return child;
  };
  return {
    simulate,
    issue: (action: string, target: object, command_id: string) =>
      call<object>("/api/v1/controls", { action, target, reason: "a test", command_id }),
    command: async (id: string) => (await call<{ command: CommandView }>(`/api/v1/controls/${id}`)).command,
    bot: (name: string) => call<{ bot?: { status: string; open_orders: number } }>(`/api/v1/bots/${name}`),
  };
}

test("made-up bots are halted, flattened and resumed by a hub, and each is proven", async () => {
  const desk = await liveDesk();
  desk.simulate();
  await waitUntil(
    "they rest orders",
    async () => JSON.stringify(await desk.bot("mm-alts")).match(/"open_orders":[1-9]/) !== null,
  );
  await waitUntil("it takes commands", async () => {
    await desk.issue("pause", { bot: "mm-alts" }, "s-1");
    return (await desk.command("s-1")).state === "acknowledged";
  });
  await desk.issue("halt", { all: true }, "s-2");
  await waitUntil("both are halted and proven", async () => (await desk.command("s-2")).state === "verified");
  const { bots } = await desk.command("s-2");
  expect(bots.map(({ bot }) => bot).sort()).toEqual(["mm-alts", "mm-majors"]);
  expect(bots).toMatchObject([
    { evidence: "reported", open_orders: 0, orders_since: 0, error: null },
    { evidence: "reported", open_orders: 0, orders_since: 0, error: null },
  ]);
  await waitUntil("they say so", async () => JSON.stringify(await desk.bot("mm-majors")).includes('"status":"halted"'));
  await desk.issue("flatten", { bot: "mm-majors" }, "s-3");
  await waitUntil("it is flat", async () => (await desk.command("s-3")).state === "verified");
  expect(await desk.command("s-3")).toMatchObject({ bots: [{ positions: 0, open_orders: 0, orders_since: 0 }] });
  await desk.issue("resume", { all: true }, "s-4");
  await waitUntil(
    "they quote again",
    async () => JSON.stringify(await desk.bot("mm-alts")).match(/"open_orders":[1-9]/) !== null,
  );
}, 240_000);
