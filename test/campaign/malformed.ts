import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { malformedRounds } from "../fault/malformed-rounds.ts";
import { startDeskProcess } from "../support/desk-process.ts";
import { callRaw } from "../support/raw-http.ts";
import { type Campaign, expectNone, expectThat } from "./campaign.ts";

const REQUESTS = 100_000;
const TOLD_EVERY = 10_000;
const REJECTIONS_KEPT = 10_000;

/** Sends malformed bodies to one hub. */
export const malformed: Campaign = {
  name: "malformed",
  about: `sends ${REQUESTS} malformed bodies, good events among them`,
  run: async ({ seed, directory, say }) => {
    const desk = await startDeskProcess({ dataDir: directory });
    try {
      const { faults, good, statuses } = await malformedRounds({
        url: desk.url,
        seed,
        requests: REQUESTS,
        onProgress: (done) => {
          if (done % TOLD_EVERY === 0) say(`${done} of ${REQUESTS}`);
        },
      });
      expectNone("answers that no request may get", faults);
      expectThat("the hub is ready afterwards", (await callRaw(desk.url, { path: "/readyz" })).status === 200);
      await desk.end("SIGTERM");
      await expectKept(directory, good);
      const counts = [...statuses].map(([status, count]) => `${count} × ${status}`).join(", ");
      return `${counts}; all ${good.length} good events are there once`;
    } finally {
      await desk.end("SIGKILL");
    }
  },
};

async function expectKept(dataDir: string, good: readonly string[]): Promise<void> {
  const store = await openSqliteStore({ dataDir });
  try {
    const left = new Set(good);
    const odd: string[] = [];
    await store.replay(0, (events) => {
      for (const { event } of events)
        if (event.bot === "good" && !left.delete(event.id ?? "")) odd.push(`${event.id} is there twice`);
    });
    expectNone("good events in the log", [...odd, ...[...left].map((id) => `${id} is gone`)].slice(0, 20));
    const { rows } = await store.rejections(REJECTIONS_KEPT * 2);
    expectThat(
      `${rows.length} refusals are kept at the end, ${REJECTIONS_KEPT} are allowed`,
      rows.length === REJECTIONS_KEPT,
    );
  } finally {
    await store.close();
  }
}
