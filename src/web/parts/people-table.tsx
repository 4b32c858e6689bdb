import { type ReactNode, useState } from "react";
import type { UserView } from "../../protocol/api-people.ts";
import { personMark, roleMeans } from "../../view/people-words.ts";
import { moment } from "../../view/time-format.ts";
import { isUsers } from "../live/people-api.ts";
import { useRead } from "../live/use-read.ts";
import { AddPerson } from "./add-person.tsx";
import { type Column, DataTable } from "./data-table.tsx";
import { ManagePerson } from "./manage-person.tsx";
import { Mark } from "./marks.tsx";
import { Read } from "./reading.tsx";
import { Value } from "./value.tsx";

const EVERY_MS = 30_000;

/** Who may sign in, and the dialogs that change it. */
export function PeopleTable(): ReactNode {
  const reading = useRead("/api/v1/users", isUsers, EVERY_MS);
  return (
    <Read reading={reading} what="The people" rows={4}>
      {({ users }) => <People users={users} again={reading.again} />}
    </Read>
  );
}

interface PeopleProps {
  readonly users: readonly UserView[];
  readonly again: () => void;
}

function People({ users, again }: PeopleProps): ReactNode {
  const [open, setOpen] = useState<"add" | { readonly id: string }>();
  const managed = typeof open === "object" ? users.find(({ id }) => id === open.id) : undefined;
  const close = (): void => setOpen(undefined);
  return (
    <div className="@container min-w-0">
      <div className="flex flex-wrap items-center gap-3 border-n4 border-b px-3 py-2">
        <button type="button" onClick={() => setOpen("add")} className="control-button is-large">
          Add a person
        </button>
        <span className="text-12 text-n9">
          {users.length} {users.length === 1 ? "person" : "people"}
        </span>
      </div>
      <DataTable
        label="People"
        columns={columnsFor((id) => setOpen({ id }))}
        rows={users}
        rowKey={({ id }) => id}
        rowData={({ name }) => ({ "data-person": name })}
      />
      {open === "add" && <AddPerson onClose={close} onDone={again} />}
      {managed !== undefined && <ManagePerson user={managed} onClose={close} onDone={again} />}
    </div>
  );
}

const columnsFor = (manage: (id: string) => void): readonly Column<UserView>[] => [
  {
    head: "Name",
    card: "title",
    grows: true,
    cell: ({ name, email }) => (
      <>
        <span className="text-n12">{name}</span> <span className="text-n9">{email}</span>
      </>
    ),
  },
  { head: "Role", cell: ({ role }) => <span title={roleMeans[role]}>{role}</span> },
  { head: "State", cell: (user) => <Mark mark={personMark(user)} /> },
  {
    head: "Second factor",
    cell: ({ second_factor: has }) =>
      has ? <span className="text-ok">✓ on</span> : <span className="text-n9">off</span>,
  },
  { head: "Sessions", numeric: true, cell: ({ sessions }) => sessions },
  {
    head: "Signed in",
    hint: "the newest of the sessions that are open",
    cell: ({ last_sign_in_at: at }) => <Moment at={at} none="no session is open" />,
  },
  { head: "Since", spare: true, cell: ({ made_at: at }) => <Moment at={at} none="" /> },
  {
    head: "",
    cell: ({ id, name }) => (
      <button type="button" onClick={() => manage(id)} className="control-button" aria-label={`Manage ${name}`}>
        Manage
      </button>
    ),
  },
];

/** A moment, or why there is none. */
export function Moment({ at, none }: { readonly at: string | null; readonly none: string }): ReactNode {
  return <Value shown={at === null ? { text: "—", tone: "muted", full: none } : moment(at, Date.now())} />;
}
