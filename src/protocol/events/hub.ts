import { z } from "zod";
import { event } from "../define.ts";
import {
  currency,
  decimal,
  mode as botMode,
  number,
  positiveDecimal,
  prose,
  severity,
  symbol,
  text,
  time,
  venue,
} from "../fields.ts";
import { haltRuleFields, ruleName } from "../halt-rule.ts";
import { instrumentFields } from "./market.ts";

const target = z.looseObject({
  bot: text(64).optional(),
  strategy: text(128).optional(),
  venue: venue.optional(),
  all: z.boolean().optional(),
});

const commandId = text(128);
const evidence = z.enum(["reported", "venue-verified"]);

/** Somebody asks something of bots. Its `bot` is the hub's own; the commands events after it are of the bot concerned. */
export const commandIssued = event("command.issued", {
  command_id: commandId,
  action: z.enum(["pause", "halt", "flatten", "resume"]),
  target,
  by: text(128),
  via: text(64),
  reason: prose(1024),
  /** The bots that it concerned when it was issued. */
  bots: z.array(text(64)).max(20_000).optional(),
  /** Where each of them was active then: a proof from the venues themselves takes all of these. */
  venues: z.record(text(64), z.array(text(128))).optional(),
  /** In which mode each of them was then: what is left is proven in that mode. */
  modes: z.record(text(64), botMode).optional(),
  /** Of a resumed strategy: all its bots, those that had stopped included. */
  members: z.array(text(64)).max(20_000).optional(),
  /** What kind of caller asked, its id (of a person, or the prefix of a key), and its address. */
  by_kind: z.enum(["person", "key", "rule"]).optional(),
  by_id: text(128).optional(),
  address: text(128).optional(),
  /** What rested and was held in its target when it was issued. */
  resting_orders: number.optional(),
  positions: number.optional(),
});
export const commandDelivered = event("command.delivered", {
  command_id: commandId,
  by_link: z.boolean().optional(),
  /** Where the bot was active then. */
  venues: z.array(text(128)).optional(),
  /** In which mode it was then, where anybody knew. */
  bot_mode: botMode.optional(),
});
export const commandAcknowledged = event("command.acknowledged", {
  command_id: commandId,
  /** Why the bot could not do it. */
  error: prose(1024).optional(),
  /** When it was done by the bot's own clock: what the bot says of earlier moments is no evidence. */
  done_at: time.optional(),
});
export const commandVerified = event("command.verified", {
  command_id: commandId,
  evidence,
  open_orders: number,
  positions: number.optional(),
  /** `seq` of the newest snapshot that it rests on. */
  evidence_seq: number.optional(),
});
export const commandLate = event("command.late", {
  command_id: commandId,
  step: text(32),
  /** Seconds within which the step was due. */
  limit_s: number.optional(),
});
export const commandExpired = event("command.expired", {
  command_id: commandId,
  /** Why nothing more comes of it with this bot. */
  reason: prose(1024).optional(),
  /** The command that took its place or lifted it. */
  ended_by: commandId.optional(),
});

const alert = {
  alert_id: text(128),
  rule: text(128),
  severity,
  scope: z.record(text(64), z.string().max(256)),
  value: number.optional(),
  threshold: number.optional(),
  unit: text(32).optional(),
  message: prose(1024),
};
export const alertRaised = event("alert.raised", alert);
export const alertAcknowledged = event("alert.acknowledged", alert);
export const alertSnoozed = event("alert.snoozed", { ...alert, until: time.optional() });
export const alertResolved = event("alert.resolved", alert);

const notification = { alert_id: text(128).optional(), channel: text(64), detail: prose(1024).optional() };
export const notificationSent = event("notification.sent", notification);
export const notificationFailed = event("notification.failed", notification);
export const notificationRetried = event("notification.retried", notification);

export const rejected = event("rejected", {
  code: text(64),
  path: prose(512),
  message: prose(1024),
  sample: prose(2048),
});

export const ledgerRebased = event("ledger.rebased", {
  instrument: text(256),
  from_ts: time,
  before: z.unknown(),
  after: z.unknown(),
  ledger_bot: text(64).optional(),
  ledger_account: text(128).optional(),
  venue: venue.optional(),
  symbol: symbol.optional(),
  as_of_seq: number.optional(),
  point: z.string().max(262_144).optional(),
});
export const reconciliation = event("reconciliation", {
  kind: z.enum(["position", "orders", "balance", "fees"]),
  venue,
  ours: decimal,
  theirs: decimal,
  difference: decimal,
  /** Whose account; several where they trade on one. */
  of_bots: z.array(text(64)).max(100).optional(),
  symbol: symbol.optional(),
  currency: currency.optional(),
  /** Of fees: the UTC day that they are of. */
  date: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .optional(),
  reported: decimal.optional(),
  detail: prose(1024).optional(),
});
/** The end of a UTC day, and what its summary needs besides the facts of that day, so that it comes out the same again. */
export const dayClosed = event("day.closed", {
  date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  digest: text(64).optional(),
  usd_rates: z.record(z.string(), decimal).optional(),
  market_makers: z.array(text(64)).optional(),
});

/** An instrument of the configuration file, as it stands there from here on; what events say of it yields to this. */
export const instrumentDeclared = event("instrument.declared", instrumentFields);
/** The file no longer declares the instrument: what events say of it holds again. */
export const instrumentWithdrawn = event("instrument.withdrawn", { venue, symbol });
/** A rate of the configuration file; without a price it no longer declares one. A `rate` that was told goes before it. */
export const rateDeclared = event("rate.declared", { currency, per: currency, price: positiveDecimal.optional() });
/** A limit of the configuration file in the unit of its metric; without one the file no longer declares any. */
export const limitDeclared = event("limit.declared", { metric: text(64), limit: z.number().positive().optional() });

const ruleSource = z.enum(["file", "page"]);
const setter = { by: text(128).optional(), by_kind: z.enum(["person", "key"]).optional(), by_id: text(128).optional() };
/** A rule that halts by itself, as it stands from here on; who set it, where that was not the configuration file. */
export const ruleDeclared = event("rule.declared", {
  rule: haltRuleFields,
  source: ruleSource,
  ...setter,
  via: text(64).optional(),
});
/** The rule is no more. What it asked for goes on to hold. */
export const ruleWithdrawn = event("rule.withdrawn", {
  name: ruleName,
  source: ruleSource,
  ...setter,
  via: text(64).optional(),
});
