import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "src/**/*.test.{ts,tsx}",
      "packages/*/{src,test}/**/*.test.ts",
      "examples/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    environment: "node",
    // Child processes: suites use worker threads, signals and native handles, which threads of one process would share.
    pool: "forks",
    maxWorkers: 2,
    retry: 0,
    // CI has two busy cores: a test that waits for a process says itself what it waits for.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
  },
});
