import { err, ok, type Result } from "../../base/result.ts";
import type { VenueAccount } from "../../hub/venue-view.ts";
import { FeedReport } from "../../venues/core/feed.ts";
import type { AccountKind, AccountView } from "../../venues/core/account.ts";
import { machinePorts, type WorldPorts } from "../markets/connect.ts";
import { secretsOf } from "../markets/named-markets.ts";
import type { AccountEntry } from "./account-list.ts";

/** Variables by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The accounts of the configuration file, not yet read, or what is wrong with one of them. */
export function openAccounts(
  entries: readonly AccountEntry[],
  environment: Environment,
  world: WorldPorts = machinePorts(),
): Result<VenueAccount[], string> {
  const accounts: VenueAccount[] = [];
  for (const [index, entry] of entries.entries()) {
    const opened = openAccount(entry, environment, world);
    if (!opened.ok) {
      for (const { view } of accounts) view.stop();
      return err(`venue_accounts[${index}]: ${opened.error}`);
    }
    accounts.push(opened.value);
  }
  return ok(accounts);
}

function openAccount(entry: AccountEntry, environment: Environment, world: WorldPorts): Result<VenueAccount, string> {
  const { name: venue, bots, account, mode, everyS, dust, symbols, income: readsIncome } = entry;
  const view = openView(entry, environment, world);
  if (!view.ok) return view;
  if (readsIncome && view.value.income === undefined) {
    view.value.stop();
    return err(`${entry.kind.name} tells no income: leave \`income\` out`);
  }
  const plan = { venue, bots, account, mode, everyMs: everyS * 1_000, readsIncome, dust, symbols };
  return ok({ plan, view: view.value });
}

/** An account as its venue shows it, or what is wrong with its setup. */
export function openView(
  entry: AccountEntry,
  environment: Environment,
  world: WorldPorts,
): Result<AccountView, string> {
  const { kind, name: venue, settings } = entry;
  const secrets = secretsOf({ name: kind.name, credentials: namedAs(entry) }, environment);
  if (!secrets.ok) return secrets;
  const { clock } = world;
  // What requests do is of the hub, not of a bot: it is counted, and told with the account.
  const feed = new FeedReport({ venue, clock, sink: { tell: () => undefined } });
  return kind.open({ settings, secrets: secrets.value, context: { ...world, feed } });
}

/** The variables of the kind, or those that the entry names instead. */
const namedAs = ({ kind, variables }: AccountEntry): AccountKind["credentials"] =>
  Object.fromEntries(
    Object.entries(kind.credentials).map(([key, credential]) => [
      key,
      { ...credential, variable: variables[key] ?? credential.variable },
    ]),
  );
