import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { BotApi } from "../../src/bots/carriers/bot-api.ts";
import { waitUntil } from "../support/wait-until.ts";

const MB = 1024 * 1024;

/** An API that answers in its own way, and what became of its answers. */
async function apiThat(answers: (response: ServerResponse) => void) {
  let closed = 0;
  const server = createServer((_, response) => {
    response.on("error", () => undefined).on("close", () => closed++);
    answers(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const api = new BotApi({ url: `http://127.0.0.1:${port}`, username: "u", password: "p", timeoutMs: 60_000 });
  return { api, closed: () => closed };
}

/** Writes without end, as fast as it is read; how much that was. */
function endless(): { readonly write: (response: ServerResponse) => void; readonly written: () => number } {
  const chunk = Buffer.alloc(64 * 1024, " ");
  let written = 0;
  const write = (response: ServerResponse): void => {
    while (!response.destroyed && response.write(chunk)) written += chunk.length;
    written += chunk.length;
    if (!response.destroyed) response.once("drain", () => write(response));
  };
  return { write, written: () => written };
}

test.each([200, 500])("an answer %i without end is read no further than to the limit", async (status) => {
  const { write, written } = endless();
  const { api, closed } = await apiThat((response) => write(response.writeHead(status)));
  await expect(api.get("/x", z.unknown())).rejects.toThrow("GET /x: the answer is too large");
  await waitUntil("the connection is closed", () => closed() === 1);
  expect(written()).toBeLessThan(64 * MB);
});

test("an answer of many bytes within the limit is read whole, whatever the cuts", async () => {
  const text = JSON.stringify("é€😀".repeat(100_000));
  const { api } = await apiThat((response) => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 65_537) response.write(bytes.subarray(at, at + 65_537));
    response.end();
  });
  expect(JSON.stringify(await api.get("/x", z.string()))).toBe(text);
});
