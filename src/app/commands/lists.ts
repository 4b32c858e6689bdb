import type { Command } from "commander";
import { edgesAnswer, fillsAnswer } from "../../protocol/api.ts";
import { opportunitiesAnswer, ordersAnswer, positionsAnswer } from "../../protocol/api-trading.ts";
import { edgeColumns, fillColumns, opportunityColumns, orderColumns, positionColumns } from "../../view/desk-tables.ts";
import { type CommandIo, processIo } from "./command-io.ts";
import { registerList } from "./read-list.ts";

/** `deskwatch edges|fills|orders|positions|opportunities`: what the hub knows, as tables. */
export function registerLists(program: Command, io: CommandIo = processIo()): void {
  registerList(
    program,
    {
      name: "edges",
      about: "print the live edges, best net edge first",
      path: "/api/v1/edges",
      answer: edgesAnswer,
      rows: ({ edges }) => edges,
      columns: edgeColumns,
      usual: 5,
      byBot: false,
      empty: "No live edge now. An edge is live for 30 s, unless its bot says otherwise.",
      example: "deskwatch edges 10",
    },
    io,
  );
  registerList(
    program,
    {
      name: "fills",
      about: "print the latest fills, newest first",
      path: "/api/v1/fills",
      answer: fillsAnswer,
      rows: ({ fills }) => fills,
      columns: fillColumns,
      usual: 10,
      byBot: true,
      empty: "No fills yet. Of every mode: --mode all.",
      example: "deskwatch fills 20 --bot maker-1",
    },
    io,
  );
  registerList(
    program,
    {
      name: "orders",
      about: "print the latest orders, newest first, with how far they are filled",
      path: "/api/v1/orders",
      answer: ordersAnswer,
      rows: ({ orders }) => orders,
      columns: orderColumns,
      usual: 10,
      byBot: true,
      empty: "No orders yet. Of every mode: --mode all.",
      example: "deskwatch orders 50 --json",
    },
    io,
  );
  registerPositionsAndOpportunities(program, io);
}

function registerPositionsAndOpportunities(program: Command, io: CommandIo): void {
  registerList(
    program,
    {
      name: "positions",
      about: "print what is held, with its mark and what it would gain or lose at it",
      path: "/api/v1/positions",
      answer: positionsAnswer,
      rows: ({ positions }) => positions,
      columns: positionColumns,
      byBot: true,
      empty: "Nothing is held. Of every mode: --mode all.",
      example: "deskwatch positions --bot arb-1",
    },
    io,
  );
  registerList(
    program,
    {
      name: "opportunities",
      about: "print the latest opportunities, newest first, and what became of them and why",
      path: "/api/v1/opportunities",
      answer: opportunitiesAnswer,
      rows: ({ opportunities }) => opportunities,
      columns: opportunityColumns,
      usual: 10,
      byBot: true,
      empty: "No opportunities yet. Of every mode: --mode all.",
      example: "deskwatch opportunities 50",
    },
    io,
  );
}
