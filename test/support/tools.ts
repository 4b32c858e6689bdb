import { describe, test } from "vitest";
import { findTool, type Tool } from "./find-tool.ts";

/** `describe` for a suite, once what it needs is known to be there; see `requireTool`. */
export type Suite = (name: string, body: () => void) => void;

/**
 * A `describe` for suites that need `tool`. Where it is missing the suite is skipped, with the reason in its name and
 * on stderr; with `CI=true` it fails instead, so that a gate never passes by not having run.
 * `requireTool("postgres")("store on PostgreSQL", () => { … })`
 */
export function requireTool(tool: Tool): Suite {
  return findTool(tool) === undefined ? missing(whyMissing(tool)) : describe;
}

/** A `Suite` that does not run because of `reason`: skipped visibly, or failing with `CI=true`. */
export function missing(reason: string): Suite {
  return (name, body) => {
    if (process.env["CI"] === "true") {
      describe(name, () => {
        test("has what it needs when CI=true", () => {
          throw new Error(reason);
        });
      });
      return;
    }
    process.stderr.write(`SKIPPED ${name}: ${reason}\n`);
    describe.skipIf(true)(`${name} [skipped: ${reason}]`, body);
  };
}

/** `npm test` leaves the reason why it could not install a tool in `DESKWATCH_MISSING_<TOOL>`. */
function whyMissing(tool: Tool): string {
  return process.env[`DESKWATCH_MISSING_${tool.toUpperCase()}`] ?? `${tool} is not installed`;
}
