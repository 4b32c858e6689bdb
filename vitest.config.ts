import { defineConfig } from "vitest/config";
import { SecondTries } from "./scripts/second-tries.ts";

const TESTS = [
  "src/**/*.test.{ts,tsx}",
  "packages/*/{src,test}/**/*.test.ts",
  "examples/**/*.test.ts",
  "test/**/*.test.ts",
];
const NEVER = ["**/node_modules/**", "**/dist/**"];
/** Suites of whole processes, browsers and broken disks: each has a process of its own to do it in. */
const APART = ["test/{access,carriers,e2e,fault,simulator}/**/*.test.ts"];

export default defineConfig({
  test: {
    // The others share two processes: they would else load the same modules hundreds of times, which took a fifth of the
    // time. What a file stubs or fakes it has to undo.
    projects: [
      { extends: true, test: { name: "apart", include: APART, exclude: NEVER } },
      { extends: true, test: { name: "together", include: TESTS, exclude: [...NEVER, ...APART], isolate: false } },
    ],
    environment: "node",
    // Child processes: suites use worker threads, signals and native handles, which threads of one process would share.
    pool: "forks",
    maxWorkers: 2,
    // Node takes the types out of sources in WebAssembly, in each thread of a store too. Where two threads come to compile
    // the same way out of it at once, V8 13.6 frees what the one made twice and crashes (core of 2026-11-22: FreeDeadCode
    // under Runtime_TierUpWasmToJSWrapper): it is not to compile any. What is built has no types, and no such threads.
    execArgv: ["--wasm-wrapper-tiering-budget=2000000000"],
    reporters: ["default", new SecondTries(), ...(process.env["TESTS_JSON"] === undefined ? [] : ["json"])],
    // On a machine that is busy with something else a test may run out of time: then, and only then, once more, and
    // scripts/second-tries.ts says so. What is wrong fails at once.
    retry: {
      count: process.env["CI"] === "true" ? 1 : 0,
      condition: /timed out in \d+ms|Timeout \d+ms exceeded|waited \d+ ms in vain/,
    },
    // CI has two busy cores: a test that waits for a process says itself what it waits for.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 45_000 } },
    allowOnly: false,
    passWithNoTests: false,
  },
});
