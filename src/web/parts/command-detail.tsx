import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { CommandView } from "../../protocol/api-control.ts";
import { momentMs } from "../../view/time-format.ts";
import { isUnderWay } from "../../view/command-proof.ts";
import { type EventRecord, isEventsPage } from "../live/frames.ts";
import { readsAt } from "../live/hub-api.ts";
import { useDesk } from "../live/use-desk.ts";
import { useRead } from "../live/use-read.ts";
import { ProofLines } from "./proof-line.tsx";
import { Read } from "./reading.tsx";

/** Bots and events that are written out. */
const BOTS_MOST = 50;
const EVENTS_MOST = 100;
/** While a command goes on, its events are read again so often, ms. */
const EVERY_MS = 2_000;

/** A command with its way to each bot, and the events that tell of it. */
export function CommandDetail({ command }: { readonly command: CommandView }): ReactNode {
  return (
    <div className="my-1 flex flex-col gap-3 whitespace-normal rounded border border-n5 bg-n1 px-3 py-2">
      <p className="text-12 text-n10 [overflow-wrap:anywhere]">
        <code>{command.command_id}</code> · seq {command.seq} · {command.mode} · asked at {momentMs(command.issued_at)}{" "}
        UTC · done when {command.proof}
      </p>
      <ProofLines command={command} most={BOTS_MOST} />
      <Events command={command} />
    </div>
  );
}

function Events({ command }: { readonly command: CommandView }): ReactNode {
  const { command_id } = command;
  const asked = new URLSearchParams({ command_id, mode: "all", limit: String(EVENTS_MOST) });
  const path = `${readsAt(useDesk().source)}/events?${asked}`;
  const reading = useRead(path, isEventsPage, isUnderWay(command) ? EVERY_MS : undefined);
  return (
    <Read reading={reading} what="Its events" rows={2}>
      {({ events, next_cursor: next }) => (
        <ol aria-label="Its events" className="flex flex-col gap-0.5 text-12" data-command-events="">
          {events.map((event) => (
            <li key={event.seq} className="flex flex-wrap gap-x-3 text-n10">
              <span className="text-n9">{momentMs(String(event["ts"] ?? ""))}</span>
              <code className="text-n11">{event.type}</code>
              <span>{said(event)}</span>
              <span className="text-n9">seq {event.seq}</span>
            </li>
          ))}
          {next !== undefined && (
            <li>
              <Link
                to="/events"
                search={{ command_id, mode: "all" }}
                className="text-n11 underline underline-offset-2 hover:text-n12"
              >
                All of its events
              </Link>
            </li>
          )}
        </ol>
      )}
    </Read>
  );
}

function said(event: EventRecord): string {
  const parts = ["bot", "step", "evidence", "open_orders", "error", "reason"].flatMap((field) =>
    event[field] === undefined || event[field] === null
      ? []
      : [field === "bot" ? event.bot : `${field.replace("_", " ")} ${String(event[field])}`],
  );
  return parts.join(", ");
}
