import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { RequestLine } from "./request-line.ts";

const REQUEST = "GET / HTTP/1.1\r\nhost: h\r\n\r\n";

/** A server that answers with how many connections and requests it has had, and a line to it. */
async function lineToServer(onRequest: (requests: number) => boolean): Promise<RequestLine> {
  let [connections, requests] = [0, 0];
  const server = createServer((_, response) => {
    if (onRequest(++requests)) response.end(`${connections} ${requests}`);
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return new RequestLine(new URL(`http://127.0.0.1:${address.port}`));
}

test("sends one request after another over one connection", async () => {
  const line = await lineToServer(() => true);
  const bodies = [(await line.send(REQUEST, 5_000)).body, (await line.send(REQUEST, 4_000)).body];
  expect(bodies).toEqual(["1 1", "1 2"]);
});

test("gives up a request that is not answered in time, and asks the next on another connection", async () => {
  const line = await lineToServer((requests) => requests !== 2);
  await line.send(REQUEST, 5_000);
  await expect(line.send(REQUEST, 30)).rejects.toThrow("no answer in 30 ms");
  expect((await line.send(REQUEST, 5_000)).body).toBe("2 3");
});

test("takes no more once it is closed, and tells what was under way", async () => {
  const line = await lineToServer((requests) => requests === 1);
  await line.send(REQUEST, 5_000);
  const pending = line.send(REQUEST, 5_000);
  line.close();
  await expect(pending).rejects.toThrow("lost");
  await expect(line.send(REQUEST, 5_000)).rejects.toThrow("closed by the bot");
});
