import type { AuditView, KeyScope, KeyView, Role, UserView } from "../protocol/api-people.ts";
import type { StateMark } from "./health-lines.ts";

/** What a role may do, in a few words. */
export const roleMeans: Readonly<Record<Role, string>> = {
  viewer: "looks at everything",
  operator: "also halts and resumes bots, sets the rules that do, silences alerts, reads the audit",
  owner: "also people, keys and settings",
};

/** What a key of a scope may do. */
export const scopeMeans: Readonly<Record<KeyScope, string>> = {
  ingest: "send events, and take the commands of a bot",
  read: "read everything that the page shows",
  metrics: "read /metrics, for Prometheus",
  control: "pause, halt, flatten and resume bots, and set the rules that halt by themselves",
};

/** Whether a person can sign in. */
export function personMark({ disabled, invited, sessions }: UserView): StateMark {
  if (disabled) return { sign: "■", word: "disabled", tone: "bad" };
  if (invited) return { sign: "◌", word: "invited", tone: "stale" };
  return sessions > 0 ? { sign: "●", word: "signed in", tone: "ok" } : { sign: "○", word: "away", tone: "muted" };
}

/** Whether a key holds. */
export function keyMark({ revoked_at, expires_at }: KeyView, nowMs: number): StateMark {
  if (revoked_at !== null) return { sign: "■", word: "revoked", tone: "muted" };
  if (expires_at !== null && Date.parse(expires_at) <= nowMs) return { sign: "■", word: "over", tone: "muted" };
  return { sign: "●", word: "holds", tone: "ok" };
}

const ACTS: Readonly<Record<string, string>> = {
  "session.begun": "signed in",
  "session.refused": "sign-in refused",
  "session.ended": "session ended",
  "password.changed": "password changed",
  "password.set": "password chosen",
  "second_factor.on": "second factor on",
  "second_factor.off": "second factor off",
  "second_factor.codes_renewed": "new recovery codes",
  "second_factor.asked": "second factor",
  "user.made": "person made",
  "user.changed": "person changed",
  "user.disabled": "person disabled",
  "user.enabled": "person enabled",
  "user.removed": "person removed",
  "user.invited": "password link made",
  "key.made": "key made",
  "key.revoked": "key revoked",
  "command.pause": "pause",
  "command.halt": "halt",
  "command.flatten": "flatten",
  "command.resume": "resume",
  "rule.set": "halt rule set",
  "rule.changed": "halt rule changed",
  "rule.switched_on": "halt rule switched on",
  "rule.switched_off": "halt rule switched off",
  "rule.removed": "halt rule removed",
  "demo.started": "demo desk started",
  "demo.wiped": "demo desk wiped",
  "import.reported": "files imported",
};

const REFUSED: Readonly<Record<string, string>> = {
  "session.refused": "sign-in refused",
  "password.changed": "password change refused",
};

/** What was done, in words; that it was refused is said as well. */
export function actMark({ action, outcome }: Pick<AuditView, "action" | "outcome">): StateMark {
  const word = ACTS[action] ?? action.replaceAll(/[._]/g, " ");
  if (outcome === "refused") return { sign: "⚠", word: REFUSED[action] ?? `${word} refused`, tone: "bad" };
  const isCommand = action.startsWith("command.");
  return { sign: isCommand ? "■" : "·", word, tone: isCommand ? "stale" : "neutral" };
}

const VIAS: Readonly<Record<string, string>> = { command_line: "command line", api: "API" };

/** Who it was, and by what they came: `Ada, page`, `halter, key`. */
export function actorWords({ who, who_kind, via }: Pick<AuditView, "who" | "who_kind" | "via">): string {
  if (who_kind === "nobody") return "somebody unknown";
  if (who_kind === "local") return "the hub's own machine";
  if (who_kind === "key") return `${who}, key`;
  return via === "" ? who : `${who}, ${VIAS[via] ?? via}`;
}

/** A browser and system out of a `User-Agent`, as far as they can be told; the text itself when they cannot. */
export function deviceWords(userAgent: string | null): string {
  if (userAgent === null) return "unknown program";
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const known = [browser, system].filter((each) => each !== undefined);
  return known.length === 0 ? userAgent.slice(0, 60) : known.join(" on ");
}

const BROWSERS = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
  [/^curl\//, "curl"],
] as const;
const SYSTEMS = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
] as const;

/** A secret in groups of four, for typing. */
export const inGroups = (secret: string): string => secret.match(/.{1,4}/g)?.join(" ") ?? secret;
