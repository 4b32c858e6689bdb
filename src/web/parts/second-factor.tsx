import { type ReactNode, useState } from "react";
import type { AccountAnswer, SecondFactorStart } from "../../protocol/api-people.ts";
import { inGroups } from "../../view/people-words.ts";
import { beginSecondFactor, confirmSecondFactor, dropSecondFactor, renewRecoveryCodes } from "../live/people-api.ts";
import { CodeBlock } from "./code-block.tsx";
import { ActForm, TextField } from "./form.tsx";
import { QrCode } from "./qr-code.tsx";

interface SecondFactorProps {
  readonly account: AccountAnswer;
  /** Reads the account again. */
  readonly again: () => void;
}

type Stage =
  | { readonly at: "rest" }
  | { readonly at: "ask"; readonly what: "begin" | "renew" | "drop" }
  | { readonly at: "scan"; readonly start: SecondFactorStart }
  | { readonly at: "codes"; readonly codes: readonly string[] };

const REST: Stage = { at: "rest" };

/** Begins, renews and gives up the second factor of whoever looks at it. */
export function SecondFactor({ account, again }: SecondFactorProps): ReactNode {
  const [stage, setStage] = useState<Stage>(REST);
  const rest = (): void => {
    setStage(REST);
    again();
  };
  switch (stage.at) {
    case "rest":
      return <Resting account={account} ask={(what) => setStage({ at: "ask", what })} />;
    case "ask":
      return (
        <AskPassword
          what={stage.what}
          onCancel={() => setStage(REST)}
          onPassword={async (password) => {
            if (stage.what === "begin") setStage({ at: "scan", start: await beginSecondFactor(password) });
            else if (stage.what === "renew") setStage({ at: "codes", codes: await renewRecoveryCodes(password) });
            else await dropSecondFactor(password).then(rest);
          }}
        />
      );
    case "scan":
      return (
        <Scan
          start={stage.start}
          onCancel={rest}
          onConfirmed={() => setStage({ at: "codes", codes: stage.start.recovery_codes })}
        />
      );
    case "codes":
      return <Codes codes={stage.codes} onDone={rest} />;
  }
}

interface RestingProps {
  readonly account: AccountAnswer;
  readonly ask: (what: "begin" | "renew" | "drop") => void;
}

function Resting({ account: { second_factor: isOn, recovery_codes_left: left }, ask }: RestingProps): ReactNode {
  if (!isOn)
    return (
      <div className="px-3 py-3">
        <p className="mb-3 max-w-prose text-13 text-n10">
          With it, a password that somebody else has is not enough to sign in: an app on your phone shows a code as
          well.
        </p>
        <button type="button" onClick={() => ask("begin")} className="control-button is-large">
          Set up a second factor
        </button>
      </div>
    );
  return (
    <div className="px-3 py-3">
      <p className="mb-3 text-13 text-n10">
        <span className="text-ok">✓</span> A code of your app is asked for at every sign-in.{" "}
        <span className={left !== null && left < 3 ? "text-stale" : ""}>
          {left === 1 ? "One recovery code is" : `${left ?? 0} recovery codes are`} left.
        </span>
      </p>
      <div className="flex flex-wrap gap-2">
        <button type="button" onClick={() => ask("renew")} className="control-button is-large">
          New recovery codes
        </button>
        <button type="button" onClick={() => ask("drop")} className="control-button is-large" data-action="halt">
          Give it up
        </button>
      </div>
    </div>
  );
}

const ASKED = {
  begin: { label: "Set up a second factor", action: "Go on" },
  renew: { label: "Make new recovery codes", action: "Make new ones; the old ones end" },
  drop: { label: "Give up the second factor", action: "Give it up" },
} as const;

interface AskPasswordProps {
  readonly what: keyof typeof ASKED;
  readonly onPassword: (password: string) => Promise<void>;
  readonly onCancel: () => void;
}

function AskPassword({ what, onPassword, onCancel }: AskPasswordProps): ReactNode {
  const { label, action } = ASKED[what];
  return (
    <div className="max-w-md px-3 py-3">
      <ActForm label={label} action={action} onCancel={onCancel} submit={(typed) => onPassword(typed("password"))}>
        <TextField
          label="Your password once more"
          name="password"
          type="password"
          autoComplete="current-password"
          autoFocus
        />
      </ActForm>
    </div>
  );
}

interface ScanProps {
  readonly start: SecondFactorStart;
  readonly onConfirmed: () => void;
  readonly onCancel: () => void;
}

function Scan({ start: { uri, secret }, onConfirmed, onCancel }: ScanProps): ReactNode {
  return (
    <div className="flex flex-wrap gap-x-6 gap-y-4 px-3 py-3">
      <QrCode text={uri} label="QR code of the second factor" />
      <div className="flex min-w-0 max-w-md grow basis-64 flex-col gap-3">
        <p className="text-13 text-n10">
          Scan it with an authenticator app, or type this into it (time-based, 6 digits, 30 s):
        </p>
        <p className="select-all font-mono text-14 text-n12 [overflow-wrap:anywhere]" data-secret="">
          {inGroups(secret)}
        </p>
        <ActForm
          label="Confirm the second factor"
          action="Confirm"
          onCancel={onCancel}
          submit={async (typed) => {
            await confirmSecondFactor(typed("code"));
            onConfirmed();
          }}
        >
          <TextField
            label="Code that the app shows"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={7}
            autoFocus
          />
        </ActForm>
      </div>
    </div>
  );
}

function Codes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }): ReactNode {
  return (
    <div className="flex max-w-md flex-col gap-3 px-3 py-3">
      <p className="text-13 text-n10">
        For the day the phone is lost: each of these signs in once, after the password. Keep them apart from it; they
        are not shown again.
      </p>
      <CodeBlock name="recovery-codes" code={codes.join("\n")} note={`${codes.length} recovery codes`} />
      <div>
        <button type="button" onClick={onDone} className="control-button is-large">
          I have kept them
        </button>
      </div>
    </div>
  );
}
