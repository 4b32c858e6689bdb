import { writeFileSync } from "node:fs";

// The package is ESM; this file tells Node that the second output is not.
writeFileSync(new URL("../dist/cjs/package.json", import.meta.url), `${JSON.stringify({ type: "commonjs" })}\n`);
