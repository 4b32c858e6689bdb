import { openPostgresStore } from "../../src/store/postgres/open-postgres-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { type KillOptions, killRounds } from "../fault/kill-rounds.ts";
import { startPostgres } from "../support/servers.ts";
import { type Campaign, type CampaignContext, expectNone, expectThat } from "./campaign.ts";

const KILLS = 50;
/** These last until the snapshot that is due after 30 s is being written. */
const LONG_ROUND_EVERY = 8;
/** Each audit reads the whole log: it should not grow by millions. */
const PAUSE_MS = 60;

/** Ends a hub at random moments under load, with its log in SQLite and in PostgreSQL. */
export const kills: readonly Campaign[] = [
  {
    name: "kill-sqlite",
    about: `ends a hub on SQLite ${KILLS} times under load and audits its log each time`,
    run: (context) =>
      shown(context, {
        desk: { dataDir: context.directory },
        open: () => openSqliteStore({ dataDir: context.directory }),
      }),
  },
  {
    name: "kill-postgres",
    about: `ends a hub on PostgreSQL ${KILLS} times under load and audits its log each time`,
    run: async (context) => {
      const postgres = await startPostgres();
      try {
        const databaseUrl = await postgres.createDatabase();
        return await shown(context, {
          desk: { dataDir: context.directory, databaseUrl },
          open: () => openPostgresStore({ databaseUrl }),
        });
      } finally {
        await postgres.stop();
      }
    },
  },
];

async function shown({ seed, say }: CampaignContext, where: Pick<KillOptions, "desk" | "open">): Promise<string> {
  const { audits, final, oddities } = await killRounds({
    ...where,
    seed,
    rounds: KILLS,
    longRoundEvery: LONG_ROUND_EVERY,
    pauseMs: PAUSE_MS,
    onRound: (round, { facts, fromSnapshot, tail, problems }) => {
      say(`${round + 1} of ${KILLS}: ${facts} facts, ${fromSnapshot ? `snapshot and ${tail}` : "no snapshot"}`);
      expectNone(`the log after end ${round + 1}`, problems);
    },
  });
  expectNone("the log after everything", final.problems);
  expectNone("answers that no client should get", oddities);
  const withSnapshot = audits.filter(({ fromSnapshot }) => fromSnapshot).length;
  expectThat("most starts had a snapshot", withSnapshot > KILLS / 2);
  return `${KILLS} ends, ${final.facts} facts, each acknowledged one there once; ${withSnapshot} starts from a snapshot`;
}
