import { describe, expect, test } from "vitest";
import { type AliasedField, orderAliases, tradeAliases } from "../../src/imports/column-aliases.ts";
import { textOf } from "../tidy/repository.ts";

const PAGE = "docs/reference/imports.md";

const names = (all: readonly string[] = []): string => all.map((name) => `\`${name}\``).join(", ");

/** The table of a format's fields as the page has it. */
function tableOf(fields: readonly AliasedField[]): string {
  const rows = fields.map(
    ({ field, isRequired, names: first, otherwise }) =>
      `| \`${field}\` | ${isRequired === true ? "yes" : ""} | ${names(first)} | ${names(otherwise)} |`,
  );
  return ["| field | needed | columns | else |", "|---|---|---|---|", ...rows].join("\n");
}

describe("the page on imports", () => {
  test.each([
    ["trades-csv", tradeAliases],
    ["orders-csv", orderAliases],
  ])("has the columns that %s knows, in the table of its section", (name, fields) => {
    const section = (textOf(PAGE) ?? "").split(/^## /m).find((text) => text.startsWith(`\`${name}\``)) ?? "";
    const table = section.match(/^\|.*\|$/gm)?.join("\n") ?? "no table";
    expect(table).toBe(tableOf(fields));
  });
});
