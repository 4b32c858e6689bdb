import { err, ok, type Result } from "../../base/result.ts";
import { type LocalAccess, readLocalAccess } from "../../http/access/local-token.ts";
import type { HubAddress, HubFlags } from "./hub-options.ts";
import { hubAddress } from "./hub-options.ts";

/** Which hub is to be controlled, and with what right. */
export interface ControlFlags extends HubFlags {
  readonly dataDir?: string;
}

/**
 * The hub that the flags, else the environment, name. Without a key, the token that a hub of this machine wrote into its
 * data directory is the right: whoever can read that directory may control.
 */
export function controlHub(flags: ControlFlags, environment: NodeJS.ProcessEnv): Result<HubAddress, string> {
  const named = hubAddress(flags, environment);
  if (!named.ok || named.value.key !== undefined) return named;
  const local = readLocalAccess(flags.dataDir ?? environment["DESKWATCH_DATA_DIR"] ?? "./data");
  if (local === undefined) return named;
  const asked = flags.url ?? environment["DASHBOARD_API_URL"];
  if (asked !== undefined && !isSameHub(asked, local)) return named;
  return ok({ url: asked ?? local.url, key: local.token });
}

/** Names by which a machine calls itself. */
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

function isSameHub(asked: string, { url }: LocalAccess): boolean {
  const [one, other] = [new URL(asked), new URL(url)];
  return (
    one.port === other.port &&
    (one.hostname === other.hostname || (LOOPBACK.has(one.hostname) && LOOPBACK.has(other.hostname)))
  );
}

export interface TargetFlags {
  readonly bot?: string;
  readonly strategy?: string;
  readonly venue?: string;
  readonly all?: boolean;
}

type Target = { bot: string } | { strategy: string } | { venue: string } | { all: true };

/** The one target that was named; an error says what is wrong when it is none or several. */
export function targetOf({ bot, strategy, venue, all }: TargetFlags): Result<Target, string> {
  const named: Target[] = [
    ...(bot === undefined ? [] : [{ bot }]),
    ...(strategy === undefined ? [] : [{ strategy }]),
    ...(venue === undefined ? [] : [{ venue }]),
    ...(all === true ? [{ all: true as const }] : []),
  ];
  const [target] = named;
  return target === undefined || named.length > 1
    ? err("name exactly one of --bot, --strategy, --venue and --all")
    : ok(target);
}
