import { Command, Option } from "commander";
import { describe, expect, test } from "vitest";
import { argumentProblem, deskwatchCalls } from "./typed-line.ts";

describe("deskwatchCalls", () => {
  test.each([
    ["npx deskwatch import fills.csv", [["import", "fills.csv"]]],
    ["npx deskwatch send < events.ndjson", [["send"]]],
    ["cat a | deskwatch send --bot b > out.txt 2>&1 && deskwatch status", [["send", "--bot", "b"], ["status"]]],
    ["echo '{\"deskwatch\":1}' | deskwatch send", [["send"]]],
    ["DATABASE_URL='a b' npx deskwatch start", [["start"]]],
    ["npm start -- --port 8000 --data-dir data", [["start", "--port", "8000", "--data-dir", "data"]]],
    ["npm start", [["start"]]],
    ['deskwatch keys create "my bot" --scope read # why', [["keys", "create", "my bot", "--scope", "read"]]],
    ["deskwatch export \\\n  --zstd out", [["export", "--zstd", "out"]]],
    ["node src/app/main.ts status", [["status"]]],
    ["npm run deskwatch-like", []],
    ["git clone https://example.org/deskwatch.git", []],
  ])("of %s are %j", (line, calls) => {
    expect(deskwatchCalls(line)).toEqual(calls);
  });
});

describe("argumentProblem", () => {
  const program = (): Command => {
    const made = new Command("deskwatch").exitOverride(() => process.exit(3));
    made
      .command("fills")
      .argument("[n]")
      .option("--json")
      .addOption(new Option("--mode <mode>").choices(["live"]));
    made.command("import").argument("<file...>").option("--bot <name>");
    const keys = made.command("keys");
    keys.command("create").argument("<name>").addOption(new Option("--scope <scope...>").makeOptionMandatory());
    return made;
  };

  test.each([
    [["fills"]],
    [["fills", "5", "--json"]],
    [["fills", "--mode=live"]],
    [["fills", "--help"]],
    [["import", "a", "b", "--bot", "b"]],
    [["keys", "create", "k", "--scope", "read"]],
    [["keys", "--help"]],
  ])("finds none in %j", (args) => {
    expect(argumentProblem(program(), args)).toBeUndefined();
  });

  test.each([
    [["fils"], "no command fils"],
    [["keys"], "no command"],
    [["keys", "make"], "no command make"],
    [["fills", "--jsn"], "unknown option --jsn"],
    [["fills", "5", "6"], "one argument too many: 6"],
    [["fills", "--mode", "real"], "Allowed choices are live"],
    [["import"], "missing argument file"],
    [["import", "a", "--bot"], "argument missing"],
    [["keys", "create", "k"], "missing option --scope"],
  ])("finds in %j: %s", (args, problem) => {
    expect(argumentProblem(program(), args)).toContain(problem);
  });
});
