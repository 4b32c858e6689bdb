import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { DeskEvent, EventOf, EventTypeName } from "../protocol/event-types.ts";

const MINUTES_KEPT = 30;
const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;

/** When the hub heard from a bot: any event counts, by the hub's own clock. Kept in memory, not in the log. */
export interface Contact {
  lastAt: Micros;
  /** Where the newest silence began: what was said meanwhile may not have come. Undefined before any. */
  silentFrom: Micros | undefined;
  /** What the bot promised with its last heartbeat; undefined when it never sent one. */
  intervalS: number | undefined;
  progress: number | undefined;
  progressAt: Micros;
  client: EventOf<"heartbeat">["client"];
  /** Contacts in the minute `minute - i` at index `i`, newest first. */
  perMinute: number[];
  minute: number;
}

/** What a file tells is of the past, and what the hub says of a command is the hub's: neither is a sign of life. */
export const isSignOfLife = (event: DeskEvent): boolean => event.origin === undefined && !isOfCommand(event.type);

/** Whether it is a step of a command: said by the hub, of the bot that it concerns. */
export const isOfCommand = (type: EventTypeName): boolean => type.startsWith("command.");

export function touch(contacts: Map<string, Contact>, bot: string, at: Micros): Contact {
  let contact = contacts.get(bot);
  if (contact === undefined) {
    contact = {
      lastAt: at,
      silentFrom: undefined,
      intervalS: undefined,
      progress: undefined,
      progressAt: at,
      client: undefined,
      perMinute: [0],
      minute: Math.floor(at / MICROS_PER_MINUTE),
    };
    contacts.set(bot, contact);
  }
  advance(contact, Math.floor(at / MICROS_PER_MINUTE));
  contact.perMinute[0] = (contact.perMinute[0] ?? 0) + 1;
  if (isSilence(contact, at)) contact.silentFrom = contact.lastAt;
  contact.lastAt = at;
  return contact;
}

/** A bot that was silent for so many of its intervals, or for so long, may have told what did not come here. */
const SILENT_INTERVALS = 3;
const SILENT_LEAST_S = 15;
const SILENT_UNTOLD_S = 60;

function isSilence({ lastAt, intervalS }: Contact, at: Micros): boolean {
  const silentS = intervalS === undefined ? SILENT_UNTOLD_S : Math.max(SILENT_LEAST_S, SILENT_INTERVALS * intervalS);
  return at - lastAt > silentS * MICROS_PER_SECOND;
}

export function heard(contact: Contact, heartbeat: EventOf<"heartbeat">, at: Micros): void {
  contact.intervalS = heartbeat.interval_s ?? contact.intervalS;
  contact.client = heartbeat.client ?? contact.client;
  if (heartbeat.progress === undefined || heartbeat.progress === contact.progress) return;
  contact.progress = heartbeat.progress;
  contact.progressAt = at;
}

function advance(contact: Contact, minute: number): void {
  const passed = minute - contact.minute;
  if (passed <= 0) return;
  contact.minute = minute;
  const quiet = Array.from({ length: Math.min(passed, MINUTES_KEPT) }, () => 0);
  contact.perMinute = [...quiet, ...contact.perMinute].slice(0, MINUTES_KEPT);
}

/** Contacts in each of the last 30 minutes as of `asOf`, oldest first. */
export function contactsPerMinute(contact: Contact | undefined, asOf: Micros): number[] {
  const now = Math.floor(asOf / MICROS_PER_MINUTE);
  return Array.from({ length: MINUTES_KEPT }, (_, index) => {
    const minute = now - (MINUTES_KEPT - 1 - index);
    return contact === undefined ? 0 : (contact.perMinute[contact.minute - minute] ?? 0);
  });
}
