import { parseTime } from "../base/time.ts";
import { ensure } from "../base/assert.ts";
import type { AuditView } from "../protocol/api-people.ts";
import type { AuditRow } from "./audit-port.ts";

/** A `command.issued` as the log gives it. */
export interface Command {
  readonly seq: number;
  readonly received_at: string;
  readonly command_id: string;
  readonly action: string;
  readonly target: object | string;
  readonly by?: string;
  readonly by_kind?: "person" | "key" | "rule";
  readonly by_id?: string;
  readonly via?: string;
  readonly address?: string;
  readonly reason?: string;
}

/** The act that a command was: who asked for it, from where, by what and why stand in its fact. */
export function commandRow(command: Command): AuditRow {
  const { seq, received_at, command_id, action, target, by = "unknown", via = "unknown" } = command;
  const at = ensure(parseTime(received_at), "the log gives times that can be read");
  const view: Omit<AuditView, "n"> = {
    at: received_at,
    action: `command.${action}`,
    outcome: "done",
    who: by,
    who_kind: kindOf(command),
    who_id: command.by_id ?? null,
    via,
    address: command.address ?? null,
    target: targetText(target),
    detail: command_id,
    reason: command.reason ?? null,
    seq,
  };
  return { at, kind: "command", who: by, outcome: "done", seq, body: JSON.stringify(view) };
}

/** Of whoever can read the data directory of the hub. */
const LOCAL_ID = "local";

function kindOf({ by_kind, by_id, via }: Command): AuditView["who_kind"] {
  if (by_kind === "person") return by_id === LOCAL_ID ? "local" : "person";
  return by_kind ?? (via === "rule" ? "rule" : "nobody");
}

/** `bot alpha`, `everything`. */
function targetText(target: object | string): string {
  if (typeof target === "string") return target;
  const [named] = Object.entries(target);
  if (named === undefined) return "nothing";
  return named[0] === "all" ? "everything" : `${named[0]} ${String(named[1])}`;
}
