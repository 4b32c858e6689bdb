import { expect, test } from "vitest";
import { commandsOf, shellBlocks } from "./shell-blocks.ts";

test("finds the blocks that a reader would type when others stand between them", () => {
  const markdown = "# A\n\n```sh\nnpm start\n```\n\n```json\n{}\n```\n\n```sh\n# why\nnpm test\n```\n";
  expect(shellBlocks(markdown)).toEqual(["npm start\n", "# why\nnpm test\n"]);
});

test("keeps a command together when it goes over several lines", () => {
  const block = "curl a \\\n  -d '{\n  \"b\": 1\n}'\n# a comment\n\nnpm test\n";
  expect(commandsOf(block)).toEqual(["curl a \\\n  -d '{\n  \"b\": 1\n}'", "npm test"]);
});
