import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo } from "react";
import type { AuditView } from "../../protocol/api-people.ts";
import { actMark, actorWords } from "../../view/people-words.ts";
import { moment } from "../../view/time-format.ts";
import { readAudit } from "../live/people-api.ts";
import { useList } from "../live/use-list.ts";
import { Choose } from "../parts/choose.tsx";
import { ListEnd } from "../parts/list-end.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty, Skeleton } from "../parts/panel.tsx";
import { RoleNeeded, useHasRole } from "../parts/role-needed.tsx";
import { Value } from "../parts/value.tsx";
import { type GridColumn, VirtualTable } from "../parts/virtual-table.tsx";
import { PageFrame } from "./page-frame.tsx";

const PAGE = 200;
const EVERY_MS = 10_000;
const KINDS = ["session", "password", "second_factor", "user", "key", "command", "rule", "demo", "import"];
const OUTCOMES = ["done", "refused"];

/** What of the audit is looked at, as its address says it. */
export interface AuditSearch {
  readonly kind?: string | undefined;
  readonly who?: string | undefined;
  readonly outcome?: string | undefined;
}

/** What people and keys did: who, from where, by what, and why. */
export function Audit(): ReactNode {
  const search = useSearch({ from: "/desk/audit" });
  const navigate = useNavigate();
  const mayRead = useHasRole("operator");
  const query = useMemo(() => queryOf(search), [search]);
  const set = (changes: AuditSearch): void =>
    void navigate({ to: "/audit", search: { ...search, ...changes }, replace: true });
  return (
    <PageFrame
      title="Audit"
      note="what people and keys did, newest first"
      actions={mayRead && <Downloads query={query} />}
    >
      {mayRead ? (
        <>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-n4 border-b px-3 py-1.5">
            <Choose
              label="What"
              value={search.kind}
              options={KINDS}
              all="everything"
              choose={(kind) => set({ kind })}
            />
            <Choose
              label="Outcome"
              value={search.outcome}
              options={OUTCOMES}
              all="all"
              choose={(outcome) => set({ outcome })}
            />
            {search.who !== undefined && (
              <button
                type="button"
                onClick={() => set({ who: undefined })}
                className="rounded border border-n6 px-2 text-12 hover:bg-n4"
              >
                by {search.who} ✕
              </button>
            )}
          </div>
          <Listed query={query} onWho={(who) => set({ who })} />
        </>
      ) : (
        <RoleNeeded least="operator" />
      )}
    </PageFrame>
  );
}

function queryOf({ kind, who, outcome }: AuditSearch): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries({ kind, who, outcome }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** All that the filters let through, also what the page has not read. */
function Downloads({ query }: { readonly query: Readonly<Record<string, string>> }): ReactNode {
  const href = (format: string): string => `/api/v1/audit?${new URLSearchParams({ ...query, format })}`;
  const look = "ml-1.5 rounded border border-n6 px-2 text-13 text-n11 hover:bg-n4";
  return (
    <>
      <a href={href("csv")} download="audit.csv" className={look} aria-label="Download audit.csv">
        .csv
      </a>
      <a href={href("ndjson")} download="audit.ndjson" className={look} aria-label="Download audit.ndjson">
        .ndjson
      </a>
    </>
  );
}

const keyOf = ({ n }: AuditView): string => String(n);

interface ListedProps {
  readonly query: Readonly<Record<string, string>>;
  readonly onWho: (who: string) => void;
}

function Listed({ query, onWho }: ListedProps): ReactNode {
  const readPage = useCallback(
    (cursor: string | undefined) => readAudit({ ...query, limit: String(PAGE) }, cursor),
    [query],
  );
  const { items, state, trouble, loadOlder, refresh } = useList({ readPage, keyOf, everyMs: EVERY_MS });
  const columns = useMemo(() => columnsFor(onWho), [onWho]);
  if (items === undefined && state !== "failed") return <Skeleton rows={12} />;
  return (
    <div className="@container min-w-0">
      {items?.length === 0 && <Empty title="Nothing like that was done">Another kind or outcome may have some.</Empty>}
      {items !== undefined && items.length > 0 && (
        <VirtualTable label="Audit" columns={columns} rows={items} rowKey={keyOf} rowData={rowData} />
      )}
      {(items?.length !== 0 || state === "failed") && (
        <ListEnd what="acts" state={state} trouble={trouble} loadOlder={loadOlder} retry={refresh} />
      )}
    </div>
  );
}

const rowData = ({ action }: AuditView) => ({ "data-act": action });

const columnsFor = (onWho: (who: string) => void): readonly GridColumn<AuditView>[] => [
  { name: "at", head: "Time UTC", width: "6.5rem", cell: ({ at }) => <Value shown={moment(at, Date.now())} /> },
  {
    name: "what",
    head: "What",
    width: "minmax(9rem, 13rem)",
    card: "title",
    cell: (act) => <Mark mark={actMark(act)} title={act.action} />,
  },
  {
    name: "who",
    head: "Who",
    width: "minmax(7rem, 1fr)",
    cell: (act) => (
      <button
        type="button"
        onClick={() => onWho(act.who)}
        title={`Only what ${act.who} did`}
        className="max-w-full truncate text-left text-n11 hover:text-n12 hover:underline"
      >
        {actorWords(act)}
      </button>
    ),
  },
  {
    name: "to",
    head: "To",
    hint: "to whom or what it was done",
    width: "minmax(8rem, 1.5fr)",
    card: "wide",
    wraps: true,
    cell: ({ target }) => <Said text={target} none="nothing else was concerned" />,
  },
  {
    name: "why",
    head: "Why, and what of it",
    width: "minmax(10rem, 2fr)",
    card: "wide",
    wraps: true,
    cell: ({ detail, reason }) => (
      <span>
        {reason !== null && <span className="text-n12">“{reason}” </span>}
        {detail !== null && <span className="text-n9">{detail}</span>}
      </span>
    ),
  },
  {
    name: "from",
    head: "From",
    width: "minmax(6rem, 9rem)",
    out: "first",
    cell: ({ address }) => <Said text={address} none="not known" />,
  },
];

function Said({ text, none }: { readonly text: string | null; readonly none: string }): ReactNode {
  return text === null ? <Value shown={{ text: "—", tone: "muted", full: none }} /> : <span>{text}</span>;
}
