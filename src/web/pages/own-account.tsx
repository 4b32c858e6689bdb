import { type ReactNode, useState } from "react";
import type { AccountAnswer, SignInView } from "../../protocol/api-people.ts";
import { PASSWORD_LENGTH_MIN } from "../../protocol/password-length.ts";
import { deviceWords, roleMeans } from "../../view/people-words.ts";
import { changePassword, endOtherSessions, endOwnSession, isAccount } from "../live/people-api.ts";
import { useRead } from "../live/use-read.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { ActForm, Refused, TextField, useAct } from "../parts/form.tsx";
import { Panel } from "../parts/panel.tsx";
import { Moment } from "../parts/people-table.tsx";
import { Read } from "../parts/reading.tsx";
import { RoleNeeded, useHasRole } from "../parts/role-needed.tsx";
import { SecondFactor } from "../parts/second-factor.tsx";
import { PageFrame } from "./page-frame.tsx";

/** What people see to about themselves: password, second factor, sessions. */
export function OwnAccount(): ReactNode {
  const isSomebody = useHasRole("viewer");
  const reading = useRead(isSomebody ? "/api/v1/account" : undefined, isAccount);
  const { data, again } = reading;
  return (
    <PageFrame title="Your account" note={data === undefined ? undefined : `${data.name}, ${data.email}`}>
      {isSomebody ? (
        <Read reading={reading} what="Your account" rows={8}>
          {(account) => <Account account={account} again={again} />}
        </Read>
      ) : (
        <RoleNeeded least="viewer" />
      )}
    </PageFrame>
  );
}

interface AccountProps {
  readonly account: AccountAnswer;
  readonly again: () => void;
}

function Account({ account, again }: AccountProps): ReactNode {
  return (
    <div className="@container min-w-0">
      <div className="grid gap-px border-n4 border-b bg-n4 @min-[56rem]:grid-cols-2">
        <Panel title="Second factor" note={account.second_factor ? "on" : "off"}>
          <SecondFactor account={account} again={again} />
        </Panel>
        <Panel title="Password" note={`role ${account.role}: ${roleMeans[account.role]}`}>
          <Password again={again} />
        </Panel>
        <Panel title="Sessions" note="where you are signed in" className="@min-[56rem]:col-span-2">
          <Sessions account={account} again={again} />
        </Panel>
      </div>
    </div>
  );
}

function Password({ again }: { readonly again: () => void }): ReactNode {
  const [isDone, setDone] = useState(false);
  return (
    <div className="max-w-md px-3 py-3">
      <ActForm
        label="Change the password"
        action="Change the password"
        submit={async (typed) => {
          setDone(false);
          await changePassword(typed("current"), typed("next"));
          setDone(true);
          again();
        }}
      >
        <TextField label="Present password" name="current" type="password" autoComplete="current-password" />
        <TextField
          label="New password"
          name="next"
          type="password"
          autoComplete="new-password"
          minLength={PASSWORD_LENGTH_MIN}
          hint={`at least ${PASSWORD_LENGTH_MIN} characters; your other sessions end`}
        />
      </ActForm>
      <p role="status" className="mt-2 text-ok">
        {isDone && "✓ Changed; your other sessions have ended."}
      </p>
    </div>
  );
}

function Sessions({ account: { sessions }, again }: AccountProps): ReactNode {
  const { busy, trouble, run } = useAct();
  const act = (work: () => Promise<void>): void =>
    void run(async () => {
      await work();
      again();
    });
  const others = sessions.filter(({ current }) => !current).length;
  return (
    <>
      <DataTable
        label="Sessions"
        columns={columnsFor((id) => act(() => endOwnSession(id)))}
        rows={sessions}
        rowKey={({ id }) => id}
      />
      {trouble !== undefined && (
        <div className="px-3 py-2">
          <Refused>{trouble}</Refused>
        </div>
      )}
      {others > 1 && (
        <div className="px-3 py-3">
          <button
            type="button"
            disabled={busy}
            onClick={() => act(endOtherSessions)}
            className="control-button is-large"
          >
            End the {others} others
          </button>
        </div>
      )}
    </>
  );
}

const columnsFor = (end: (id: string) => void): readonly Column<SignInView>[] => [
  {
    head: "Where",
    card: "title",
    grows: true,
    cell: ({ user_agent, current }) => (
      <>
        <span className="text-n12" title={user_agent ?? undefined}>
          {deviceWords(user_agent)}
        </span>{" "}
        {current && <span className="text-ok">● this one</span>}
      </>
    ),
  },
  { head: "From", cell: ({ address }) => address ?? "—" },
  { head: "Begun", cell: ({ begun_at: at }) => <Moment at={at} none="" /> },
  { head: "Ends", cell: ({ expires_at: at }) => <Moment at={at} none="" /> },
  {
    head: "",
    cell: ({ id, user_agent, current }) =>
      !current && (
        <button
          type="button"
          onClick={() => end(id)}
          className="control-button"
          aria-label={`End the session of ${deviceWords(user_agent)}`}
        >
          End
        </button>
      ),
  },
];
