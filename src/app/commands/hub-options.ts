import type { Command } from "commander";
import { err, ok, type Result } from "../../base/result.ts";

/** What a command says of the hub it talks to. */
export interface HubFlags {
  readonly url?: string;
  readonly key?: string;
}

/** Where the hub is, and the key to show it. */
export interface HubAddress {
  readonly url: string;
  readonly key: string | undefined;
}

const DEFAULT_URL = "http://127.0.0.1:8000";

/** Adds `--url` and `--key`, a key with this scope. */
export const withHubOptions = (command: Command, scope: "ingest" | "read" | "control" = "ingest"): Command =>
  command
    .option("--url <url>", `where the hub is (default: DASHBOARD_API_URL, else ${DEFAULT_URL})`)
    .option("--key <key>", `API key with the scope ${scope} (default: DASHBOARD_API_KEY, which no process list shows)`);

/** The hub that the flags, else the environment, name; an error says what is wrong with the address. */
export function hubAddress(flags: HubFlags, environment: NodeJS.ProcessEnv): Result<HubAddress, string> {
  const url = flags.url ?? environment["DASHBOARD_API_URL"] ?? DEFAULT_URL;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return err(`the hub's address is not one such as ${DEFAULT_URL}: ${url.replace(/\/\/.*@/, "//…@")}`);
  const { username, password } = new URL(url);
  if (username !== "" || password !== "")
    return err("the hub's address holds a name or a password, which no hub asks for: give a key with --key");
  const key = flags.key ?? environment["DASHBOARD_API_KEY"];
  // A key is sent in a header, where a line break would end it.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) return err("the key has characters that no key has");
  return ok({ url, key });
}

const BOT_NAME = /^[A-Za-z0-9._:-]{1,64}$/;

/** Why a name cannot be a bot's; undefined when it can. */
export const botNameProblem = (name: string | undefined): string | undefined =>
  name === undefined || BOT_NAME.test(name)
    ? undefined
    : `a bot's name is 1 to 64 of A-Z a-z 0-9 . _ : - (found ${name})`;
