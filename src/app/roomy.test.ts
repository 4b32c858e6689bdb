import { expect, test, vi } from "vitest";
import { NODE_FLAGS } from "./node-flags.ts";
import { beginRoomy } from "./roomy.ts";

/** How a process would be begun again; undefined when it would not. */
function begun(args: readonly string[], more: Partial<NodeJS.Process> = {}): readonly string[] | undefined {
  const execve = vi.fn();
  const from = { argv: ["node", "main.js", ...args], execArgv: [...NODE_FLAGS] };
  beginRoomy({ ...from, env: {}, platform: "linux", channel: undefined, execve, ...more } as unknown as NodeJS.Process);
  return execve.mock.calls[0]?.[1] as readonly string[] | undefined;
}

test("A command that reads millions of events begins again with a large young generation and its own arguments", () => {
  expect(begun(["import", "a.ndjson", "--json"])).toEqual([
    "node",
    "--v8-pool-size=1",
    "--max-semi-space-size=32",
    "--min-semi-space-size=32",
    "--initial-old-space-size=128",
    "--no-allocation-site-pretenuring",
    "main.js",
    "import",
    "a.ndjson",
    "--json",
  ]);
});

test.each([
  ["a hub", ["start"], {}],
  ["a replay that is a server", ["replay", "a.ndjson", "--port", "8001"], {}],
  ["one that was begun again", ["import", "a"], { env: { DESKWATCH_ROOMY: "1" } }],
  ["one with a channel to its parent", ["import", "a"], { channel: {} as NodeJS.Process["channel"] & object }],
  ["one on Windows", ["import", "a"], { platform: "win32" as const }],
  ["one that cannot be replaced", ["import", "a"], { execve: undefined as never }],
])("Goes on as it is: %s", (_, args, more) => {
  expect(begun(args, more)).toBeUndefined();
});
