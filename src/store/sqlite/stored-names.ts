import { openForReading } from "./database.ts";

/** What each row of the log in a data directory is known by, in the order of the log. */
export function* storedNames(
  dataDir: string,
): Generator<{ readonly bot: string; readonly id: string | undefined; readonly key: string | undefined }> {
  const database = openForReading(dataDir);
  try {
    for (const { bot, id, key } of database.prepare("SELECT bot, id, key FROM events ORDER BY seq").iterate())
      yield { bot: String(bot), id: textOf(id), key: textOf(key) };
  } finally {
    database.close();
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
