#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=8 --v8-pool-size=1
const NODE_MAJOR_MIN = 24;

if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR_MIN) {
  console.error(
    `deskwatch needs Node ${NODE_MAJOR_MIN} or later, and this is ${process.version}: npm install node@${NODE_MAJOR_MIN}`,
  );
  process.exit(1);
}
// Only now: an older Node cannot even read what the program imports.
const { beginRoomy } = await import("./roomy.ts");
beginRoomy();
const { runProgram } = await import("./program.ts");
await runProgram();
