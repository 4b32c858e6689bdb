import type { ReactNode } from "react";
import type { AccountView, ReconciliationRow } from "../../protocol/api-reconciliation.ts";
import { keyMark, type ReconciliationLine, reconciliationLine } from "../../view/reconciliation-rows.ts";
import { unknownValue } from "../../view/shown.ts";
import { duration, moment } from "../../view/time-format.ts";
import { readsAt } from "../live/hub-api.ts";
import { isReconciliation } from "../live/reconciliation-frames.ts";
import { useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { useRead } from "../live/use-read.ts";
import { Age } from "../parts/age.tsx";
import { CodeBlock } from "../parts/code-block.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty, Panel } from "../parts/panel.tsx";
import { Read } from "../parts/reading.tsx";
import { Value } from "../parts/value.tsx";
import { PageFrame } from "./page-frame.tsx";

const EVERY_MS = 5_000;

/** Where bots, ledger and venue agree, and the accounts that are read for it. */
export function Reconciliation(): ReactNode {
  const base = readsAt(useDesk().source);
  const reading = useRead(`${base}/reconciliation`, isReconciliation, EVERY_MS);
  return (
    <PageFrame title="Reconciliation" note="what bots, ledger and venue say of the same things">
      <Read reading={reading} what="The reconciliation" rows={8}>
        {({ reconciliation, accounts }, atMs) => (
          <div className="grid gap-px bg-n4">
            <Compared rows={reconciliation} hasAccounts={accounts.length > 0} />
            {accounts.length > 0 && <Accounts accounts={accounts} atMs={atMs} />}
          </div>
        )}
      </Read>
    </PageFrame>
  );
}

interface Line {
  readonly row: ReconciliationRow;
  readonly shown: ReconciliationLine;
}

const columns: readonly Column<Line>[] = [
  {
    head: "What",
    card: "title",
    cell: ({ shown }) => (
      <span className="text-n12">
        <Value shown={shown.what} />
      </span>
    ),
  },
  { head: "State", cell: ({ shown }) => <Mark mark={shown.mark} /> },
  { head: "Venue", spare: true, cell: ({ row }) => row.venue },
  { head: "Bot", cell: ({ shown }) => <span title={shown.bots}>{shown.bots}</span> },
  {
    head: "Ledger",
    hint: "as its fills add up: what is held, and what they cost",
    numeric: true,
    cell: ({ shown }) => <Value shown={shown.ours} flash />,
  },
  {
    head: "Bot says",
    hint: "its newest position.snapshot",
    numeric: true,
    spare: true,
    cell: ({ shown }) => <Value shown={shown.reported} />,
  },
  { head: "Venue says", numeric: true, cell: ({ shown }) => <Value shown={shown.theirs} flash /> },
  {
    head: "Difference",
    hint: "theirs less ours",
    numeric: true,
    cell: ({ shown }) => <Value shown={shown.difference} />,
  },
  {
    head: "Drift %",
    hint: "of the larger side",
    numeric: true,
    spare: true,
    cell: ({ shown }) => <Value shown={shown.drift} />,
  },
  { head: "Since UTC", numeric: true, spare: true, cell: ({ row }) => <Since at={row.since} /> },
  { head: "Besides", card: "wide", wraps: true, cell: ({ shown }) => <span className="text-n9">{shown.detail}</span> },
];

function Since({ at }: { readonly at: string | null }): ReactNode {
  const nowMs = useDeskNowMs();
  return at === null ? <span className="text-n9">none</span> : <Value shown={moment(at, nowMs)} />;
}

function Compared({
  rows,
  hasAccounts,
}: {
  readonly rows: readonly ReconciliationRow[];
  readonly hasAccounts: boolean;
}): ReactNode {
  const differing = rows.filter(({ state }) => state === "differs").length;
  const note =
    rows.length === 0 ? undefined : differing === 0 ? "nothing differs" : `${differing} of ${rows.length} differ`;
  return (
    <Panel title="Compared" note={note}>
      {rows.length > 0 ? (
        <DataTable
          label="Compared"
          columns={columns}
          rows={rows.map((row) => ({ row, shown: reconciliationLine(row) }))}
          rowKey={({ shown }) => shown.key}
          rowData={({ row }) => ({ "data-compared": `${row.kind}:${row.symbol ?? ""}` })}
        />
      ) : hasAccounts ? (
        <Empty title="Nothing to compare yet">
          Neither the bots nor their venues say that anything rests or is held.
        </Empty>
      ) : (
        <HowTo />
      )}
    </Panel>
  );
}

const ACCOUNTS = `# deskwatch.yaml; the key is one that can only read
venue_accounts:
  - { venue: binance, bots: [perp-eth] }`;

function HowTo(): ReactNode {
  return (
    <div className="mx-auto w-full max-w-3xl px-3 py-6">
      <p className="font-medium text-14 text-n12">No account is read at a venue yet</p>
      <p className="mt-1 mb-4 text-n10">
        Name the accounts in the configuration file, and put a key that can only read into the environment. The hub then
        compares what bots say with what their venues have, and proves halts by the venue itself.
      </p>
      <CodeBlock name="accounts" code={ACCOUNTS} note="docs/reference/configuration.md" />
    </div>
  );
}

interface AccountLine {
  readonly account: AccountView;
  readonly atMs: number;
}

const accountColumns: readonly Column<AccountLine>[] = [
  { head: "Venue", card: "title", cell: ({ account }) => <span className="text-n12">{account.venue}</span> },
  { head: "Bots", cell: ({ account }) => account.bots.join(", ") },
  { head: "Key", hint: "what the venue says that it may do", cell: ({ account }) => <Mark mark={keyMark(account)} /> },
  {
    head: "Read",
    hint: "how old the newest whole reading is",
    numeric: true,
    cell: ({ account, atMs }) =>
      account.read_age_s === null ? (
        <Value shown={unknownValue("it has not been read yet")} />
      ) : (
        <Age ageS={account.read_age_s} atMs={atMs} limitS={account.every_s * 3} />
      ),
  },
  { head: "Every", numeric: true, cell: ({ account }) => duration(account.every_s) },
  {
    head: "Trouble",
    card: "wide",
    wraps: true,
    cell: ({ account }) =>
      account.problem === null ? (
        <span className="text-n9">none</span>
      ) : (
        <span className="text-bad">
          <span aria-hidden="true">⚠ </span>
          {account.problem}
        </span>
      ),
  },
];

function Accounts({ accounts, atMs }: { readonly accounts: readonly AccountView[]; readonly atMs: number }): ReactNode {
  return (
    <Panel title="Accounts" note="read at venues, never changed">
      <DataTable
        label="Accounts"
        columns={accountColumns}
        rows={accounts.map((account) => ({ account, atMs }))}
        rowKey={({ account }) => `${account.venue} ${account.mode} ${account.bots.join()}`}
        rowData={({ account }) => ({ "data-account": account.venue })}
      />
    </Panel>
  );
}
