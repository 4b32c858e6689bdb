import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Role } from "../../protocol/api-people.ts";
import { useAccess } from "../shell/access.tsx";
import { Empty } from "./panel.tsx";

/** Whether who looks at the page is signed in with that role, or one above it. */
export function useHasRole(least: Role): boolean {
  const { access } = useAccess();
  return access.signed_in && RANKS.indexOf(access.role ?? "") >= RANKS.indexOf(least);
}

const RANKS: readonly string[] = ["viewer", "operator", "owner"] satisfies readonly Role[];

/** Stands where somebody else may look: who that is, and the way to become one. */
export function RoleNeeded({ least }: { readonly least: Role }): ReactNode {
  const { access } = useAccess();
  if (access.signed_in)
    return (
      <Empty title={`This takes the role ${least}`}>
        You are signed in as {access.name}, {access.role}. An owner can give you another role.
      </Empty>
    );
  return (
    <Empty title={`This takes somebody who is signed in as ${least}`}>
      <Link to={access.owner ? "/sign-in" : "/set-up"} className="underline underline-offset-2">
        {access.owner ? "Sign in" : "Set up the owner"}
      </Link>
    </Empty>
  );
}
