/** Fills are found by their order; reports of imports are kept. */
export const ordersAndImports = {
  version: 2,
  name: "orders-and-imports",
  sql: `
CREATE INDEX fills_order ON fills (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE imports (
  n INTEGER PRIMARY KEY,
  import_id TEXT NOT NULL UNIQUE,
  received_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
`,
} as const;
