import { type ReactNode, useState } from "react";
import type { InvitedAnswer, Role } from "../../protocol/api-people.ts";
import { roleMeans } from "../../view/people-words.ts";
import { addUser } from "../live/people-api.ts";
import { ActForm, TextField } from "./form.tsx";
import { InvitationShown } from "./invitation-shown.tsx";
import { Dialog } from "./dialog.tsx";

const ROLES: readonly Role[] = ["viewer", "operator", "owner"];

/** Makes a person and shows the link for them. */
export function AddPerson({
  onClose,
  onDone,
}: {
  readonly onClose: () => void;
  readonly onDone: () => void;
}): ReactNode {
  const [invited, setInvited] = useState<InvitedAnswer>();
  return (
    <Dialog title={invited === undefined ? "Add a person" : `${invited.user.name} is added`} onClose={onClose}>
      {invited === undefined ? (
        <ActForm
          label="Add a person"
          action="Add and make a link"
          onCancel={onClose}
          submit={async (typed) => {
            const role = ROLES.find((each) => each === typed("role")) ?? "viewer";
            setInvited(await addUser({ name: typed("name").trim(), email: typed("email").trim(), role }));
            onDone();
          }}
        >
          <TextField label="Name" name="name" maxLength={128} autoComplete="off" autoFocus />
          <TextField
            label="E-mail"
            name="email"
            type="email"
            hint="to sign in with; nothing is sent there"
            autoComplete="off"
          />
          <RoleChoice value="viewer" />
        </ActForm>
      ) : (
        <InvitationShown invited={invited} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface RoleChoiceProps {
  /** Chosen at first. */
  readonly value: Role;
  readonly onChoose?: (role: Role) => void;
  readonly disabled?: boolean;
}

/** One of the roles, each with what it may do. */
export function RoleChoice({ value, onChoose, disabled = false }: RoleChoiceProps): ReactNode {
  return (
    <fieldset disabled={disabled} className="flex flex-col gap-1">
      <legend className="mb-1 text-13 text-n11">Role</legend>
      {ROLES.map((each) => (
        <label key={each} className="flex items-baseline gap-2 text-14">
          <input
            type="radio"
            name="role"
            value={each}
            className="accent-n11"
            {...(onChoose === undefined
              ? { defaultChecked: each === value }
              : { checked: each === value, onChange: () => onChoose(each) })}
          />
          <span className="w-20 shrink-0 text-n12">{each}</span>
          <span className="text-13 text-n10">{roleMeans[each]}</span>
        </label>
      ))}
    </fieldset>
  );
}
