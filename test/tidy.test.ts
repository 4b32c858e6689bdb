import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkAmbient } from "./tidy/check-ambient.ts";
import { checkDeadExports, checkDeadFiles } from "./tidy/check-dead.ts";
import { checkLayers, checkNames } from "./tidy/check-layers.ts";
import { checkLengths } from "./tidy/check-lengths.ts";
import { checkLibraries } from "./tidy/check-libraries.ts";
import { checkFocus, checkTypes, checkUnfinished } from "./tidy/check-style.ts";
import { checkLinks, checkLockFile, checkMachinePaths, checkTitle } from "./tidy/check-text.ts";
import { LAYERS } from "./tidy/layers.ts";
import { repositoryPaths, sourceFiles, textFiles, textOf } from "./tidy/repository.ts";
import type { Finding } from "./tidy/source.ts";

const paths = repositoryPaths();
const sources = sourceFiles(paths);
const texts = textFiles(paths);
const documents = texts.filter(({ path }) => path.endsWith(".md"));

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);
const isConfig = (path: string): boolean => /(?:^|\/)(?:vite|vitest)\.config\.ts$/.test(path);
const isProduct = (path: string): boolean =>
  /^(?:src|packages\/[^/]+\/src)\//.test(path) && !isTest(path) && !isConfig(path) && !path.endsWith(".d.ts");
/** Tests and benchmarks share the closed list of `src/base/`, such as its seeded random numbers. */
const isBase = (path: string): boolean => path.startsWith("src/base/");
const product = sources.filter(({ path }) => isProduct(path));

/** What the outside starts or imports; everything of the product must be reachable from here. */
const PUBLIC = ["packages/client/src/index.ts", "packages/client/src/reader.ts"];
const ENTRIES = ["src/app/main.ts", "src/web/main.tsx", ...PUBLIC];
const SUPPORT_ENTRIES = /^(?:bench\/|scripts\/|examples\/|packages\/[^/]+\/(?:bench|scripts)\/|test\/campaign\/)/;

const shown = (findings: readonly Finding[]): string[] =>
  findings.map(({ path, line, what }) => `${path}:${line} ${what}`);
const all = <Input>(inputs: readonly Input[], check: (input: Input) => Finding[]): string[] =>
  shown(inputs.flatMap(check));

describe("layers", () => {
  test("every import is one that the table of layers allows", () => {
    expect(all(product, checkLayers)).toEqual([]);
  });

  test("the references of each tsconfig are exactly those of the table", () => {
    const project = z.object({ references: z.array(z.object({ path: z.string() })) });
    const references = (path: string) =>
      project.parse(JSON.parse(textOf(path) ?? "{}")).references.map((reference) => reference.path);
    for (const [folder, layer] of Object.entries(LAYERS)) {
      const inside = references(`src/${folder}/tsconfig.json`).filter((path) => !path.includes("packages/"));
      expect({ folder, references: inside }).toEqual({ folder, references: layer.folders.map((name) => `../${name}`) });
    }
    const built = references("tsconfig.json").filter((path) => path.startsWith("./src/"));
    expect(built.toSorted()).toEqual(
      Object.keys(LAYERS)
        .map((name) => `./src/${name}`)
        .toSorted(),
    );
  });

  test("ARCHITECTURE.md tells of every folder, in the order of the table", () => {
    const told = [...(textOf("ARCHITECTURE.md") ?? "").matchAll(/^\| `src\/([a-z]+)\/` \|/gm)].map((match) => match[1]);
    expect(told).toEqual(Object.keys(LAYERS));
  });

  test("pure layers take no time, randomness, locale or I/O from around them, and only the app reads the environment", () => {
    expect(all(product, checkAmbient)).toEqual([]);
  });

  test("no file or folder has a name that says nothing", () => {
    expect(shown(checkNames(paths))).toEqual([]);
  });
});

describe("sources", () => {
  test("no test is focused or switched off", () => {
    expect(all(sources, checkFocus)).toEqual([]);
  });

  test("no any, no non-null assertion, no silenced compiler error", () => {
    expect(all(product, checkTypes)).toEqual([]);
  });

  test("no note of unfinished work", () => {
    expect(all(sources, checkUnfinished)).toEqual([]);
  });

  test("functions and files keep to their length, and the known exceptions only shrink", () => {
    const known = z.record(z.string(), z.int()).parse(JSON.parse(textOf("test/tidy/known-long.json") ?? "{}"));
    expect(shown(checkLengths(sources, known))).toEqual([]);
  });

  test("every file of the product is reached from an entry, and every other file from a test or a script", () => {
    const support = sources
      .filter(({ path }) => isTest(path) || isConfig(path) || SUPPORT_ENTRIES.test(path))
      .map(({ path }) => path);
    const dead = [
      ...checkDeadFiles(sources, ENTRIES, (path) => isProduct(path) && !isBase(path)),
      ...checkDeadFiles(sources, [...ENTRIES, ...support], (path) => !isProduct(path) || isBase(path)),
    ];
    expect(shown(dead)).toEqual([]);
  });

  test("every export is imported somewhere", () => {
    const judged = (path: string) => !ENTRIES.includes(path) && !isConfig(path) && !path.startsWith("examples/");
    expect(shown(checkDeadExports(sources, judged))).toEqual([]);
  });
});

describe("threads of a store", () => {
  // There are three, each begins with the hub, and a library that reads schemas takes longer to load than all else.
  test.each(["reader", "writer"])("load no library (%s)", (name) => {
    expect(shown(checkLibraries(sources, `src/store/sqlite/${name}-worker.ts`))).toEqual([]);
  });
});

describe("package.json", () => {
  test("every script starts a file that is there", () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(textOf("package.json") ?? ""));
    const files = Object.values(scripts).flatMap(
      (script) => script.match(/(?:scripts|src|bench|test)\/[\w./-]+/g) ?? [],
    );
    expect(files.filter((path) => textOf(path) === undefined)).toEqual([]);
    expect(files).toContain("scripts/test.ts");
  });
});

describe("texts", () => {
  test("no path of one machine, no registry's address", () => {
    expect(all(texts, checkMachinePaths)).toEqual([]);
    expect(
      all(
        texts.filter(({ path }) => path.endsWith("package-lock.json")),
        checkLockFile,
      ),
    ).toEqual([]);
  });

  test("every document has one title", () => {
    expect(all(documents, checkTitle)).toEqual([]);
  });

  test("every relative link leads somewhere", () => {
    expect(all(documents, (file) => checkLinks(file, textOf))).toEqual([]);
  });
});
