import { startDeskProcess } from "../support/desk-process.ts";
import { metricOf } from "../support/metric-of.ts";
import { SlowClients } from "../support/slow-clients.ts";
import { Traffic } from "../support/traffic.ts";
import { waitUntil } from "../support/wait-until.ts";
import { type Campaign, expectNone, expectThat } from "./campaign.ts";

const SUBSCRIBERS = 20;
const DRIBBLERS = 50;
const CUT_WITHIN_MS = 150_000;
const MEMORY_MIB_MAX = 450;

/** Clients that keep a hub waiting, until it has had enough of them. */
export const slowClients: Campaign = {
  name: "slow-clients",
  about: "subscribers that never read and requests that dribble, under load, until the hub cuts them off",
  run: async ({ seed, directory, say }) => {
    const desk = await startDeskProcess({ dataDir: directory });
    const never = new SlowClients(desk.url);
    const dribbling = new SlowClients(desk.url);
    const traffic = new Traffic({ seed, address: () => desk.url });
    try {
      await never.subscribe(SUBSCRIBERS, 0);
      await dribbling.dribbleHeaders(DRIBBLERS, 500);
      await dribbling.dribbleBody(DRIBBLERS, 500);
      say("all are connected");
      await waitUntil("dribbling requests are cut off", () => dribbling.cut === 2 * DRIBBLERS, CUT_WITHIN_MS);
      say("dribbling requests are cut off");
      const givenUp = () => metricOf(desk.url, "deskwatch_stream_given_up_total");
      await waitUntil("subscribers are given up", async () => (await givenUp()) === SUBSCRIBERS, CUT_WITHIN_MS);
      say("subscribers that never read are given up");
      await traffic.finish();
      const memoryMib = (await metricOf(desk.url, "process_resident_memory_bytes")) / 1024 / 1024;
      expectNone("answers that no client should get", traffic.oddities);
      expectNone("requests that had to be repeated", [...traffic.statuses.keys()].filter((s) => s !== 200).map(String));
      expectThat(`${Math.round(memoryMib)} MiB are at most ${MEMORY_MIB_MAX}`, memoryMib < MEMORY_MIB_MAX);
      return `${traffic.acknowledged} requests were answered at once meanwhile; ${Math.round(memoryMib)} MiB in the end`;
    } finally {
      traffic.abandon();
      never.closeAll();
      dribbling.closeAll();
      await desk.end("SIGKILL");
    }
  },
};
