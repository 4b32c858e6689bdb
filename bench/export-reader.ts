import { get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Reads `argv[2]` once a second, whole, until it is ended, and prints how many lines came each time. A process of its
 * own that only counts: on a machine of two cores, a reader that works hard is measured instead of the hub.
 */
const url = process.argv[2] ?? "";
const EVERY_MS = 1_000;

for (;;) {
  const begin = performance.now();
  console.log(`${await lines()} ${Math.round(performance.now() - begin)}`);
  await delay(EVERY_MS);
}

function lines(): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, (answer) => {
      let count = 0;
      answer.on("data", (bytes: Buffer) => {
        for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
      });
      answer.on("end", () => resolve(count));
      answer.on("error", reject);
    });
    request.on("error", reject);
  });
}
