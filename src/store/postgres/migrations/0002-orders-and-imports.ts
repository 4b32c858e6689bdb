/** Fills are found by their order; reports of imports are kept. */
export const ordersAndImports = {
  version: 2,
  name: "orders-and-imports",
  sql: `
CREATE INDEX fills_order ON fills (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE imports (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  import_id text NOT NULL UNIQUE,
  received_at bigint NOT NULL,
  body text NOT NULL
);
`,
} as const;
