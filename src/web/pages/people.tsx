import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { KeyTable } from "../parts/key-table.tsx";
import { PeopleTable } from "../parts/people-table.tsx";
import { RoleNeeded, useHasRole } from "../parts/role-needed.tsx";
import { TabLinks } from "../parts/tab-links.tsx";
import { PageFrame } from "./page-frame.tsx";

/** Who may sign in, and the keys of programs. */
export function People(): ReactNode {
  const { view } = useSearch({ from: "/desk/people" });
  const isOwner = useHasRole("owner");
  const isKeys = view === "keys";
  return (
    <PageFrame title="Users and keys" note="people sign in; programs send a key">
      <TabLinks
        label="Users and keys"
        links={[
          { to: "/people", label: "People", current: !isKeys },
          { to: "/people", label: "Keys", search: { view: "keys" }, current: isKeys },
        ]}
      />
      {isOwner ? isKeys ? <KeyTable /> : <PeopleTable /> : <RoleNeeded least="owner" />}
    </PageFrame>
  );
}
