import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NODE_ENVIRONMENT, NODE_FLAGS } from "./node-flags.ts";

const ENVIRONMENT = Object.entries(NODE_ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
const NODE = [...ENVIRONMENT, "node", ...NODE_FLAGS].join(" ");
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("the program, and the scripts that start and show a hub, give Node the same flags and environment", () => {
  expect(read("./main.ts").split("\n", 1)).toEqual([`#!/usr/bin/env -S ${NODE}`]);
  const { scripts } = JSON.parse(read("../../package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  for (const name of ["start", "demo"]) expect(scripts[name]).toBe(`${NODE} dist/app/main.js ${name}`);
});
