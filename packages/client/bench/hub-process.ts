/** A hub that takes everything, for the measurement: prints its address, runs until it is killed. */
import { createServer } from "node:http";

const LINE_BREAK = 10;

const server = createServer((request, response) => {
  let events = 0;
  request.on("data", (chunk: Buffer) => {
    for (const byte of chunk) if (byte === LINE_BREAK) events++;
  });
  request.on("end", () => response.end(JSON.stringify({ accepted: events, rejected: [], last_seq: 0 })));
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}`);
});
