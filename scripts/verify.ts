import { run } from "./run.ts";

/** Every gate of the repository. The layers, tidiness and links are tests (`test/tidy.test.ts`, `test/docs`). */
const GATES: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["format", "biome", "format", "."],
  ["lint", "biome", "lint", "--error-on-warnings", "."],
  ["types and layers", "tsc", "-b", "tsconfig.json", "tsconfig.test.json"],
  ["tests, tidy and links", "npm", "test", "--silent"],
];

const without = process.argv.includes("--without-tests") ? "npm" : undefined;
const failed = GATES.filter(([name, command, ...args]) => {
  if (command === without) return false;
  process.stdout.write(`\n— ${name}\n`);
  return run(command, args) !== 0;
});
process.stdout.write(
  failed.length === 0
    ? "\nverify: all gates passed\n"
    : `\nverify failed: ${failed.map(([name]) => name).join(", ")}\n`,
);
process.exit(failed.length === 0 ? 0 : 1);
