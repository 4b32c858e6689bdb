import { type ReactNode, useState } from "react";
import type { InvitedAnswer, UserView } from "../../protocol/api-people.ts";
import { changeUser, dropSecondFactorOf, endSessionsOf, inviteUser, removeUser } from "../live/people-api.ts";
import { RoleChoice } from "./add-person.tsx";
import { Dialog } from "./dialog.tsx";
import { Refused, useAct } from "./form.tsx";
import { InvitationShown } from "./invitation-shown.tsx";

interface ManagePersonProps {
  readonly user: UserView;
  readonly onClose: () => void;
  /** Told that something has changed. */
  readonly onDone: () => void;
}

/** Everything that an owner does to a person. */
export function ManagePerson({ user, onClose, onDone }: ManagePersonProps): ReactNode {
  const [invited, setInvited] = useState<InvitedAnswer>();
  const { busy, trouble, run } = useAct();
  const act = (work: () => Promise<void>): void =>
    void run(async () => {
      await work();
      onDone();
    });
  if (invited !== undefined)
    return (
      <Dialog title={`A new link for ${user.name}`} onClose={onClose}>
        <InvitationShown invited={invited} onClose={onClose} />
      </Dialog>
    );
  return (
    <Dialog title={user.name} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p className="text-13 text-n10">{user.email}</p>
        <RoleChoice value={user.role} disabled={busy} onChoose={(role) => act(() => changeUser(user.id, { role }))} />
        <Deeds
          user={user}
          act={act}
          invite={() => void run(async () => setInvited(await inviteUser(user.id)))}
          onClose={onClose}
        />
        {trouble !== undefined && <Refused>{trouble}</Refused>}
        <div>
          <button type="button" onClick={onClose} className="control-button is-large">
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}

interface DeedsProps {
  readonly user: UserView;
  readonly act: (work: () => Promise<void>) => void;
  readonly invite: () => void;
  readonly onClose: () => void;
}

function Deeds({ user, act, invite, onClose }: DeedsProps): ReactNode {
  const [sure, setSure] = useState(false);
  return (
    <ul className="flex flex-col divide-y divide-n4 border-n4 border-y">
      <Deed
        action="Make a link"
        means={
          user.invited
            ? "to choose a password; the one before ends"
            : "to choose a new password; the old one holds until then"
        }
        act={invite}
      />
      {user.sessions > 0 && (
        <Deed
          action="End sessions"
          means={`${user.sessions} open ${user.sessions === 1 ? "one" : "ones"}, and the streams of their pages`}
          act={() => act(() => endSessionsOf(user.id))}
        />
      )}
      {user.second_factor && (
        <Deed
          action="Drop the second factor"
          means="for whoever lost it: the password alone signs in"
          act={() => act(() => dropSecondFactorOf(user.id))}
        />
      )}
      <Deed
        action={user.disabled ? "Enable" : "Disable"}
        means={user.disabled ? "lets them in again" : "ends their sessions and lets them in no more"}
        act={() => act(() => changeUser(user.id, { disabled: !user.disabled }))}
      />
      <Deed
        action={sure ? `Remove ${user.name} for good` : "Remove"}
        means={
          sure ? "press once more; what they did stays in the audit" : "for good; what they did stays in the audit"
        }
        isGrave
        act={() =>
          sure
            ? act(async () => {
                await removeUser(user.id);
                onClose();
              })
            : setSure(true)
        }
      />
    </ul>
  );
}

interface DeedProps {
  readonly action: string;
  readonly means: string;
  readonly act: () => void;
  readonly isGrave?: boolean;
}

function Deed({ action, means, act, isGrave = false }: DeedProps): ReactNode {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <button type="button" onClick={act} className="control-button" data-action={isGrave ? "halt" : undefined}>
        {action}
      </button>
      <span className="text-13 text-n10">{means}</span>
    </li>
  );
}
