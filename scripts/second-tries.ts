/** A reporter for Vitest: names the tests that ran out of time and passed when they were run once more. */
import type { Reporter, TestCase } from "vitest/node";

export class SecondTries implements Reporter {
  readonly #names: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky === true) this.#names.push(`${test.module.relativeModuleId} > ${test.fullName}`);
  }

  onTestRunEnd(): void {
    if (this.#names.length === 0) return;
    process.stdout.write(`\nRan out of time once, and passed at the second try:\n  ${this.#names.join("\n  ")}\n`);
  }
}
