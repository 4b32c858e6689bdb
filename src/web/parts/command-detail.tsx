import { type ReactNode, useCallback, useEffect, useState } from "react";
import type { CommandView } from "../../protocol/api-control.ts";
import { momentMs } from "../../view/time-format.ts";
import { HubError, readCommandEvents, readsAt } from "../live/hub-api.ts";
import { useDesk } from "../live/use-desk.ts";
import type { EventRecord } from "../live/frames.ts";
import { isUnderWay } from "../../view/command-proof.ts";
import { ProofLines } from "./proof-line.tsx";

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

interface Told {
  readonly events?: readonly EventRecord[];
  readonly trouble?: string;
}

function Events({ command }: { readonly command: CommandView }): ReactNode {
  const { command_id: id, issued_at: issuedAt } = command;
  const base = readsAt(useDesk().source);
  const goesOn = isUnderWay(command);
  const [told, setTold] = useState<Told>({});
  const ask = useCallback(async (): Promise<Told> => {
    try {
      return { events: await readCommandEvents(base, { commandId: id, issuedAt }) };
    } catch (cause) {
      return { trouble: cause instanceof HubError ? cause.message : String(cause) };
    }
  }, [base, id, issuedAt]);
  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      const next = await ask();
      if (left) return;
      setTold((before) => ({ ...before, ...next }));
      if (goesOn || next.trouble !== undefined) timer = setTimeout(() => void read(), EVERY_MS);
    };
    void read();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [ask, goesOn]);
  if (told.events === undefined) {
    return (
      <p className="text-12 text-n9" aria-busy={told.trouble === undefined}>
        {told.trouble === undefined ? "Reading its events" : `⚠ Its events could not be read: ${told.trouble}`}
      </p>
    );
  }
  return (
    <ol aria-label="Its events" className="flex flex-col gap-0.5 text-12" data-command-events="">
      {told.events.slice(0, EVENTS_MOST).map((event) => (
        <li key={event.seq} className="flex flex-wrap gap-x-3 text-n10">
          <span className="text-n9">{momentMs(String(event["ts"] ?? ""))}</span>
          <code className="text-n11">{event.type}</code>
          <span>{said(event)}</span>
          <span className="text-n9">seq {event.seq}</span>
        </li>
      ))}
      {told.events.length > EVENTS_MOST && <li className="text-n9">and {told.events.length - EVENTS_MOST} more</li>}
    </ol>
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
