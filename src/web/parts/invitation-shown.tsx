import type { ReactNode } from "react";
import type { InvitedAnswer } from "../../protocol/api-people.ts";
import { moment } from "../../view/time-format.ts";
import { CodeBlock } from "./code-block.tsx";

/** The link by which a person chooses a password. It is shown this once. */
export function InvitationShown({
  invited: { user, invitation },
  onClose,
}: {
  readonly invited: InvitedAnswer;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-13 text-n10">
        Give this link to {user.name}, and to nobody else: whoever opens it chooses the password. It works once, until{" "}
        {moment(invitation.expires_at, Date.now()).text} UTC, and is not shown again.
      </p>
      <CodeBlock name="invitation" code={`${location.origin}${invitation.path}`} note={`for ${user.email}`} />
      <div>
        <button type="button" onClick={onClose} className="control-button is-large">
          Done
        </button>
      </div>
    </div>
  );
}
