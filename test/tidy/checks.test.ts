import { describe, expect, test } from "vitest";
import { checkAmbient } from "./check-ambient.ts";
import { checkDeadExports, checkDeadFiles } from "./check-dead.ts";
import { checkLayers, checkNames } from "./check-layers.ts";
import { checkLengths } from "./check-lengths.ts";
import { checkLibraries } from "./check-libraries.ts";
import { checkFocus, checkTypes, checkUnfinished } from "./check-style.ts";
import { checkLinks, checkLockFile, checkMachinePaths, checkTitle } from "./check-text.ts";
import { parseSource } from "./source.ts";

// Each sample is the smallest thing that its gate must refuse; beside it stands what looks like it and is allowed.

const lines = (findings: readonly { readonly line: number }[]): number[] => findings.map(({ line }) => line);
const everything = () => true;

describe("checkLayers", () => {
  const refused: readonly (readonly [path: string, text: string])[] = [
    ["src/domain/a.ts", 'import { b } from "../engine/b.ts";'],
    ["src/domain/a.ts", 'import type { B } from "../engine/b.ts";'],
    ["src/domain/a.ts", 'export * from "../engine/b.ts";'],
    ["src/domain/a.ts", 'type B = import("../engine/b.ts").B;'],
    ["src/domain/a.ts", 'export const load = () => import("../engine/b.ts");'],
    ["src/store/a.ts", 'import { b } from "../http/b.ts";'],
    ["src/engine/a.ts", 'import { b } from "../view/b.ts";'],
    ["src/hub/a.ts", 'import { b } from "../../test/b.ts";'],
    ["src/engine/a.ts", 'import { readFileSync } from "node:fs";'],
    ["src/engine/a.ts", 'import { z } from "zod";'],
    ["src/http/a.ts", 'import { createReader } from "@deskwatch/client/reader";'],
    ["src/web/a.ts", 'import { createReporter } from "@deskwatch/client";'],
    ["src/nowhere/a.ts", 'import { b } from "../base/b.ts";'],
    ["packages/client/src/a.ts", 'import { z } from "zod";'],
    ["packages/client/src/a.ts", 'import type { B } from "../../../src/protocol/b.ts";'],
  ];

  test.each(refused)("refuses an import when the table does not allow it: %s %s", (path, text) => {
    expect(lines(checkLayers(parseSource(path, `\n${text}\n`)))).toEqual([2]);
  });

  test("allows an import when the table allows it", () => {
    const text = 'import { b } from "../base/b.ts"; import type { C } from "./c.ts"; import { z } from "zod";';
    expect(checkLayers(parseSource("src/protocol/a.ts", text))).toEqual([]);
    expect(checkLayers(parseSource("src/web/a.ts", 'import { r } from "@deskwatch/client/reader";'))).toEqual([]);
    expect(checkLayers(parseSource("packages/client/src/a.ts", 'import "node:fs"; import "./b.ts";'))).toEqual([]);
  });
});

describe("checkNames", () => {
  test("refuses a name when it says nothing", () => {
    const bad = ["src/utils/a.ts", "src/hub/helpers.ts", "test/common.test.ts"];
    expect(checkNames([...bad, "src/hub/utility-rate.ts"]).map(({ path }) => path)).toEqual(bad);
  });
});

describe("checkAmbient", () => {
  const refused = [
    "Date.now()",
    "new Date()",
    "Date()",
    "new Date(2024, 1)",
    "Math.random()",
    "x.getHours()",
    "x.toLocaleString()",
    "a.localeCompare(b)",
    "new Intl.NumberFormat()",
    "console.log(1)",
    "fetch(x)",
    "setTimeout(x, 1)",
    "process.pid",
    "performance.now()",
    "globalThis.x",
  ];

  test.each(refused)("refuses %s when the layer is pure", (text) => {
    const source = parseSource("src/domain/a.ts", `export const f = (x, a, b) => ${text};`);
    expect(lines(checkAmbient(source))).toContain(1);
  });

  const allowed = ["new Date(ms)", "x.toLocaleString('en')", "x.process.y", "{ fetch: 1 }", "x.getUTCHours()"];

  test.each(allowed)("allows %s when the layer is pure", (text) => {
    expect(checkAmbient(parseSource("src/domain/a.ts", `export const f = (x, ms) => (${text});`))).toEqual([]);
  });

  test("allows a name of the machine when the file declares it itself", () => {
    expect(checkAmbient(parseSource("src/domain/a.ts", "export const f = (fetch) => fetch(1);"))).toEqual([]);
  });

  test("refuses the environment when the folder is not the app", () => {
    const text = "export const home = process.env.HOME;";
    expect(lines(checkAmbient(parseSource("src/http/a.ts", text)))).toEqual([1]);
    expect(checkAmbient(parseSource("src/app/a.ts", text))).toEqual([]);
  });
});

describe("checkFocus", () => {
  test.each(["only", "skip", "todo", "skipIf"])("refuses a test when it is .%s", (modifier) => {
    for (const runner of ["test", "it.concurrent", "describe"]) {
      expect(lines(checkFocus(parseSource("src/a.test.ts", `${runner}.${modifier}("x", () => {});`)))).toEqual([1]);
    }
  });

  test("allows a member of the same name when it is no test's", () => {
    expect(checkFocus(parseSource("src/a.ts", "list.skip(1); options.only;"))).toEqual([]);
    expect(checkFocus(parseSource("test/support/a.ts", "describe.skipIf(true)('x', () => {});"))).toEqual([]);
  });
});

describe("checkTypes", () => {
  test("refuses any, ! and a silenced error when one is there", () => {
    const silenced = `// @ts-${"ignore"}`;
    const text = `const a: any = 1;\nconst b = c!;\n${silenced}\nconst d = e as any;\nconst f = !g;`;
    expect(lines(checkTypes(parseSource("src/a.ts", text))).toSorted()).toEqual([1, 2, 3, 4]);
  });
});

describe("checkUnfinished", () => {
  test("refuses a note of unfinished work when there is one", () => {
    expect(lines(checkUnfinished(parseSource("src/a.ts", `const a = 1;\n// ${"TO"}${"DO"}: more`)))).toEqual([2]);
  });
});

describe("checkLengths", () => {
  const longFunction = parseSource("src/a.ts", `export function f() {\n${"g();\n".repeat(70)}}\n`);
  const longFile = parseSource("src/b.ts", "g();\n".repeat(401));

  test("refuses a function or file when it is over the limit", () => {
    expect(checkLengths([longFunction, longFile], {}).map(({ path }) => path)).toEqual(["src/a.ts f", "src/b.ts"]);
  });

  test("allows what is known, and refuses it when it grows or when the list was not shortened", () => {
    expect(checkLengths([longFunction, longFile], { "src/a.ts f": 72, "src/b.ts": 401 })).toEqual([]);
    expect(checkLengths([longFile], { "src/b.ts": 400 })).toHaveLength(1);
    expect(checkLengths([longFile], { "src/b.ts": 402 })).toHaveLength(1);
    expect(checkLengths([], { "src/gone.ts": 500 })).toHaveLength(1);
  });

  test("does not judge a file when it is generated", () => {
    expect(checkLengths([parseSource("src/b.ts", `// Generated by x\n${"g();\n".repeat(401)}`)], {})).toEqual([]);
  });
});

describe("checkDeadFiles", () => {
  test("refuses a file when no entry reaches it", () => {
    const sources = [
      parseSource("src/main.ts", 'import "./a.ts"; new Worker(new URL(`./worker$' + "{end}`, import.meta.url));"),
      parseSource("src/a.ts", 'import type { B } from "./b.ts";'),
      parseSource("src/b.ts", "export type B = 1;"),
      parseSource("src/worker.ts", ""),
      parseSource("src/island.ts", 'import "./islet.ts";'),
      parseSource("src/islet.ts", 'import "./island.ts";'),
    ];
    const dead = checkDeadFiles(sources, ["src/main.ts"], everything).map(({ path }) => path);
    expect(dead).toEqual(["src/island.ts", "src/islet.ts"]);
  });
});

describe("checkLibraries", () => {
  test("finds what is loaded at the start, however far away, and nothing else", () => {
    const sources = [
      parseSource("src/worker.ts", 'import { a } from "./a.ts"; import type { T } from "types"; a satisfies T;'),
      parseSource(
        "src/a.ts",
        'import "node:fs"; export { b as a } from "./b.ts"; export const later = () => import("later");',
      ),
      parseSource("src/b.ts", 'import { z } from "zod";\nexport const b = z; export * from "all";'),
      parseSource("src/other.ts", 'import "other";'),
    ];
    expect(checkLibraries(sources, "src/worker.ts").map(({ what }) => what)).toEqual([
      "src/worker.ts loads zod",
      "src/worker.ts loads all",
    ]);
    expect(checkLibraries(sources, "src/gone.ts")).toHaveLength(1);
  });
});

describe("checkDeadExports", () => {
  test("refuses an export when no other file imports it", () => {
    const sources = [
      parseSource("src/a.ts", "export const used = 1, unused = 2;\nexport function alsoUnused() {}"),
      parseSource("src/b.ts", 'import { used } from "./a.ts";\nexport default used;'),
      parseSource("src/c.ts", "export interface Shape { x: 1 }\nexport const f = (s: Shape) => s;"),
      parseSource("src/d.ts", 'import { f } from "./c.ts";\nexport interface Nobody { x: 1 }\nf();'),
    ];
    const dead = checkDeadExports(sources, everything).map(({ what }) => what.replace("nothing imports ", ""));
    expect(dead).toEqual(["unused", "alsoUnused", "default", "Nobody"]);
  });

  test("takes every export as used when the whole file is imported", () => {
    const sources = [
      parseSource("src/a.ts", "export const one = 1;"),
      parseSource("src/b.ts", 'import * as a from "./a.ts"; a;'),
    ];
    expect(checkDeadExports(sources, everything)).toEqual([]);
  });
});

describe("texts", () => {
  const file = (text: string) => ({ path: "docs/a.md", text });

  test("refuses a path when it is one machine's", () => {
    const paths = ["work", "root", "home"].map((name) => `see /${name}/x`);
    expect(lines(checkMachinePaths(file(paths.join("\n"))))).toEqual([1, 2, 3]);
    expect(checkMachinePaths(file("a/work/x, https://host.example/home/ and /var/lib"))).toEqual([]);
  });

  test("refuses a lock file when it names a host", () => {
    const address = ["https:", "", "host.example", "a.tgz"].join("/");
    expect(lines(checkLockFile(file(`{\n"resolved": "${address}"`)))).toEqual([2]);
    expect(checkLockFile(file('"resolved": "packages/client"'))).toEqual([]);
  });

  test("refuses a document when it has no title or two", () => {
    expect(checkTitle(file("text"))).toHaveLength(1);
    expect(checkTitle(file("# One\n# Two"))).toHaveLength(1);
    expect(checkTitle(file("# One\n```sh\n# a comment\n```\n## Part"))).toEqual([]);
  });

  test("refuses a link when its file or heading is not there", () => {
    const textOf = (path: string) => (path === "b.md" ? "# B\n## A part, named" : undefined);
    const text = "[b](../b.md) [part](../b.md#a-part-named) [web](https://host.example)\n[c](c.md)\n[d](../b.md#gone)";
    expect(lines(checkLinks(file(text), textOf))).toEqual([2, 3]);
  });
});
