import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { registerImport } from "../../src/app/commands/import.ts";
import { registerKeys } from "../../src/app/commands/keys.ts";
import { registerSend } from "../../src/app/commands/send.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { scratchHub } from "../support/scratch-hub.ts";
import { typed } from "../support/typed-command.ts";

const EVIL = "\u001b[2J\u001b]0;owned\u0007evil\u009b31m\u202e";
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const HARM = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

test("what files, lines and the hub's answers hold reaches no terminal when it is refused", async () => {
  const { url } = await scratchHub();
  const lines = [
    `{"type":"${EVIL}","bot":"b"}`,
    `{ ${EVIL}`,
    JSON.stringify({ type: "fill", bot: EVIL, price: EVIL }),
    JSON.stringify({ type: EVIL, bot: "b", ts: 1 }),
  ].join("\n");
  const file = join(scratchDirectory(), `${EVIL.replaceAll("/", "")}.ndjson`);
  writeFileSync(file, lines);
  const environment = { DASHBOARD_API_URL: url };
  const sent = await typed([registerSend], ["send"], { environment, input: lines });
  const imported = await typed([registerImport], ["import", "--format", "deskwatch-ndjson", file], { environment });
  const missed = await typed([registerImport], ["import", "--format", EVIL, file], { environment });
  for (const { out, err, code } of [sent, imported, missed]) {
    expect(code).not.toBe(0);
    expect(out + err).not.toMatch(HARM);
  }
  expect(imported.out).toContain("evil");
});

test("a key's name reaches no terminal as more than letters", async () => {
  const { dataDir } = await scratchHub();
  const printed: string[] = [];
  const complained: string[] = [];
  const keys = (...args: string[]) =>
    typed(
      [
        (program) =>
          registerKeys(program, {
            environment: { DESKWATCH_DATA_DIR: dataDir },
            print: (line) => printed.push(line),
            complain: (line) => complained.push(line),
            setExitCode: () => undefined,
          }),
      ],
      ["keys", ...args],
    );
  await keys("create", EVIL, "--scope", "read");
  await keys("create", "plain", "--scope", "read");
  await keys("list");
  expect(printed.join()).toContain("plain");
  expect([...printed, ...complained].join()).not.toMatch(HARM);
});
