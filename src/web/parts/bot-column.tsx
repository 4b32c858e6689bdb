import { Link } from "@tanstack/react-router";
import type { GridColumn } from "./virtual-table.tsx";

/** The bot that a row is of, as a way to its page. */
export const botColumn: GridColumn<{ readonly row: { readonly bot: string } }> = {
  name: "bot",
  head: "Bot",
  width: "minmax(6.5rem, 1fr)",
  card: "title",
  sortBy: ({ row }) => row.bot,
  cell: ({ row: { bot } }) => (
    <Link to="/bots/$bot" params={{ bot }} title={bot} className="text-n12 underline-offset-2 hover:underline">
      {bot}
    </Link>
  ),
};
