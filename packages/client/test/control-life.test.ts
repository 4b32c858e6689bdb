import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { waitUntil } from "../../../test/support/wait-until.ts";
import { controlling } from "./controlling.ts";

const BOT = fileURLToPath(new URL("./control-process.ts", import.meta.url));
const bot = controlling();
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** What the bot keeps of its orders. */
function kept(): string {
  const path = join(bot.directory, "control.json");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function start(does: "end" | "run" | "hang") {
  const child = spawn(process.execPath, [BOT, bot.hub.url, join(bot.directory, "control.json"), does], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const run = { child, output: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    run.output += chunk.toString("utf8");
  });
  return run;
}

test("ends by itself when nothing but its control is open", async () => {
  const run = start("end");
  const [code] = await once(run.child, "close");
  expect([code, run.output]).toEqual([0, "starts running\nheard running\n"]);
});

test("does a command again when it was killed before it was done, and starts halted", async () => {
  const first = start("hang");
  await waitUntil("it is connected", () => first.output.includes("heard"));
  bot.hub.issue("halt");
  await waitUntil("it is at work", () => first.output.includes("halt\n"));
  await waitUntil("the state is kept", () => kept().includes('"halted"'));
  first.child.kill("SIGKILL");
  await once(first.child, "close");
  expect(bot.hub.acks).toEqual([]);
  const second = start("run");
  await waitUntil("it did it again", () => bot.hub.acks.length > 0);
  expect(second.output).toBe("starts halted\nhalt\nheard halted\n");
});

test("says its key in the header alone, and waits when it is refused", async () => {
  const control = bot.controlFor({ key: "dw_secret-canary" });
  await control.ready();
  expect(bot.hub.authorizations).toEqual(["Bearer dw_secret-canary"]);
  expect(bot.hub.asked.join()).not.toContain("canary");
  bot.hub.intercept = (_request, socket) => {
    socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    return true;
  };
  bot.hub.cut();
  await waitUntil("it was refused", () => control.status().lastError?.includes("403") === true);
  expect(JSON.stringify(control.status())).not.toContain("canary");
});
