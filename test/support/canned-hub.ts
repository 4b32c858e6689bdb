import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

/** A body to answer with as JSON, or what to do with a request. */
export type Canned = object | ((request: IncomingMessage, response: ServerResponse) => void);

/** A server that answers paths as it is told, and 404 as a hub does otherwise. Closed when the test ends. */
export async function cannedHub(answers: Readonly<Record<string, Canned>>): Promise<string> {
  const server = createServer((request, response) => {
    const canned = answers[(request.url ?? "").split("?")[0] ?? ""];
    if (typeof canned === "function") return canned(request, response);
    const body = canned ?? { type: "about:blank", status: 404, code: "not_found", detail: "There is nothing here." };
    response.writeHead(canned === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}
