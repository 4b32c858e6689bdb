import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { type Result, err, ok } from "../base/result.ts";
import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import { type Declared, declaredInstruments, declaredLimits, declaredRates } from "../protocol/declared.ts";
import { shown } from "../protocol/fields.ts";
import { type AccountEntry, accountListSchema } from "./accounts/account-list.ts";
import { ruleListSchema } from "./rules/rule-list.ts";
import { type VenueEntry, venueListSchema } from "./markets/venue-list.ts";

/** Domain rules and access, from the YAML file. Every key is optional; unknown ones are refused, so that typos are seen. */
const fileSchema = z.strictObject({
  /** What loopback clients may do without a key. */
  trust_loopback: z.array(z.enum(["ingest", "read", "metrics"])).optional(),
  /** Names under which the hub may be called besides loopback and the bind address, such as `dashboard:8000`. */
  allowed_hosts: z.array(z.string().min(1)).optional(),
  /** Days that samples are kept. Facts are never deleted. */
  sample_retention_days: z.number().positive().max(3650).optional(),
  /** Days that acts of people and keys are kept. */
  audit_retention_days: z.number().positive().max(3650).optional(),
  /** USD of gross exposure of an event or venue: below the first green, up to the second yellow, above red. */
  exposure: z
    .strictObject({ low_usd: z.number().nonnegative(), high_usd: z.number().nonnegative() })
    .refine(({ low_usd, high_usd }) => low_usd <= high_usd, { error: "low_usd must not be above high_usd" })
    .optional(),
  /** What is traded, where no event says so or says it wrong: the file holds over events. */
  instruments: declaredInstruments.optional(),
  /** What currencies are worth where no event tells: a `rate` that was told holds over the file. */
  rates: declaredRates.optional(),
  /** Ratios; what source document 1 has when absent. */
  limits: declaredLimits.optional(),
  /** What `deskwatch watch` connects to. */
  venues: venueListSchema.optional(),
  /** Accounts at venues that the hub reads, never changes. */
  venue_accounts: accountListSchema.optional(),
  /** Rules that halt by themselves: none until it stands here. */
  automatic_halts: ruleListSchema.optional(),
});

export type LoopbackScope = "ingest" | "read" | "metrics";

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where metrics are at the root, besides the hub's own port; undefined for nowhere. */
  readonly metricsPort: number | undefined;
  readonly dataDir: string;
  /** Where daily summaries are written. */
  readonly logsDir: string;
  readonly databaseUrl: string | undefined;
  readonly trustLoopback: readonly LoopbackScope[];
  readonly trustProxy: boolean;
  /** Browsers come by https, through a proxy that speaks TLS: cookies for TLS only. */
  readonly https: boolean;
  readonly allowedHosts: readonly string[];
  readonly sampleRetentionDays: number;
  readonly auditRetentionDays: number;
  /** Undefined for the limits of source document 4. */
  readonly exposureLimits: { readonly low_usd: number; readonly high_usd: number } | undefined;
  readonly declared: Declared;
  readonly venues: readonly VenueEntry[];
  readonly venueAccounts: readonly AccountEntry[];
  readonly haltRules: readonly HaltRuleTerms[];
  /** The YAML file that was read; undefined when there is none. */
  readonly file: string | undefined;
  readonly logLevel: string;
}

/** What the command line said; each flag wins over its environment variable, which wins over the file. */
export interface StartFlags {
  readonly host?: string;
  readonly port?: string;
  readonly metricsPort?: string;
  readonly dataDir?: string;
  readonly logsDir?: string;
  readonly databaseUrl?: string;
  readonly config?: string;
  readonly trustProxy?: boolean;
  readonly https?: boolean;
  readonly allowedHost?: string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_FILE = "deskwatch.yaml";

/** The whole configuration, or what is wrong with it and where. */
export function loadConfig(flags: StartFlags, env: Environment): Result<Config, string> {
  const file = readFile(flags.config ?? env["DESKWATCH_CONFIG"], flags.config !== undefined);
  if (!file.ok) return file;
  const ports = portsOf(flags, env);
  if (!ports.ok) return ports;
  const store = storeOf(flags, env);
  if (!store.ok) return store;
  const { dataDir } = store.value;
  const {
    trust_loopback,
    allowed_hosts = [],
    sample_retention_days,
    audit_retention_days,
    exposure,
    venues = [],
    venue_accounts = [],
    automatic_halts = [],
    ...declared
  } = file.value.content;
  return ok({
    host: flags.host ?? env["DESKWATCH_HOST"] ?? "127.0.0.1",
    ...ports.value,
    ...store.value,
    logsDir: flags.logsDir ?? env["DESKWATCH_LOGS_DIR"] ?? join(dirname(resolve(dataDir)), "logs"),
    trustLoopback: trust_loopback ?? ["ingest", "read", "metrics"],
    trustProxy: flags.trustProxy ?? env["DESKWATCH_TRUST_PROXY"] === "1",
    https: flags.https ?? env["DESKWATCH_HTTPS"] === "1",
    allowedHosts: [...allowed_hosts, ...(flags.allowedHost ?? []), ...listOf(env["DESKWATCH_ALLOWED_HOSTS"])],
    sampleRetentionDays: sample_retention_days ?? 7,
    auditRetentionDays: audit_retention_days ?? 400,
    exposureLimits: exposure,
    file: file.value.name,
    declared: declaredOf(declared),
    venues,
    venueAccounts: venue_accounts,
    haltRules: automatic_halts,
    logLevel: env["DESKWATCH_LOG_LEVEL"] ?? "info",
  });
}

const declaredOf = ({
  instruments = [],
  rates = [],
  limits = {},
}: Pick<ReadFile["content"], "instruments" | "rates" | "limits">): Declared => ({ instruments, rates, limits });

const nonEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text);

function storeOf(flags: StartFlags, env: Environment): Result<Pick<Config, "dataDir" | "databaseUrl">, string> {
  const dataDir = flags.dataDir ?? nonEmpty(env["DESKWATCH_DATA_DIR"]) ?? "data";
  if (dataDir === "") return err("the data directory has no name (--data-dir)");
  const databaseUrl = nonEmpty(flags.databaseUrl ?? env["DATABASE_URL"]);
  return databaseUrl === undefined || isOfPostgres(databaseUrl) ? ok({ dataDir, databaseUrl }) : err(NOT_OF_POSTGRES);
}

/** Without a scheme it is a path to a socket, as the driver takes it. */
const isOfPostgres = (url: string): boolean => /^(?:postgres|postgresql|socket):|^(?![a-z][a-z\d+.-]*:\/\/)/i.test(url);

/** The address itself may hold a password, and is not said. */
const NOT_OF_POSTGRES = "the database must be PostgreSQL: postgres://user@host/name (--database-url, DATABASE_URL)";

const listOf = (text: string | undefined): string[] =>
  (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

function portsOf(flags: StartFlags, env: Environment): Result<Pick<Config, "port" | "metricsPort">, string> {
  const port = portOf(flags.port ?? env["DASHBOARD_PORT"] ?? "8000");
  if (port === undefined) return err("the port must be a number from 0 to 65535 (--port, DASHBOARD_PORT)");
  const asked = flags.metricsPort ?? nonEmpty(env["DESKWATCH_METRICS_PORT"]) ?? "off";
  const metricsPort = asked === "off" ? undefined : portOf(asked);
  return metricsPort !== undefined || asked === "off"
    ? ok({ port, metricsPort })
    : err("the port of metrics must be a number from 0 to 65535, or off (--metrics-port, DESKWATCH_METRICS_PORT)");
}

function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port <= 65_535 ? port : undefined;
}

interface ReadFile {
  readonly name: string | undefined;
  readonly content: z.infer<typeof fileSchema>;
}

function readFile(path: string | undefined, asked: boolean): Result<ReadFile, string> {
  const name = path ?? DEFAULT_FILE;
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch (error) {
    if (!asked && path === undefined && isMissing(error)) return ok({ name: undefined, content: {} });
    return err(`cannot read ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    const content: unknown = parseYaml(text) ?? {};
    const parsed = fileSchema.safeParse(content);
    return parsed.success ? ok({ name, content: parsed.data }) : err(problemsText(name, parsed.error, content));
  } catch (error) {
    return err(`${name} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

const PROBLEMS_MAX = 10;

/** Each problem of a file on a line of its own: where, what was expected, and what was found. */
function problemsText(name: string, { issues }: z.ZodError, content: unknown): string {
  const lines = issues.slice(0, PROBLEMS_MAX).map((issue) => {
    const place = issue.path.length === 0 ? "" : `${placeOf(issue.path)}: `;
    return `${name}: ${place}${problemText(issue, valueAt(content, issue.path))}`;
  });
  const more = issues.length - lines.length;
  return [...lines, ...(more > 0 ? [`${name}: and ${more} more`] : [])].join("\n");
}

function problemText(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === "unrecognized_keys")
    return `no setting is called ${issue.keys.map((key) => shown(key)).join(", ")}`;
  const expected = issue.message.replace(/^(?:Invalid \w+|Too (?:big|small)): /, "").replace(/, received \w+$/, "");
  return expected.includes("found") ? expected : `${expected}, found ${shown(value)}`;
}

/** `instruments[2].tick`, as people write it. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`)).join("");

const valueAt = (content: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    content,
  );
