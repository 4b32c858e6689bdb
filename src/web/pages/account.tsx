import { Link, Navigate, useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { PASSWORD_LENGTH_MIN } from "../../protocol/password-length.ts";
import { giveSecondFactor, HubError, setUpOwner, signIn } from "../live/hub-api.ts";
import { acceptInvitation } from "../live/people-api.ts";
import { Refused, TextField } from "../parts/form.tsx";
import { Trouble } from "../parts/panel.tsx";
import { useAccess } from "../shell/access.tsx";

/** Makes the owner of the hub: once, on the first visit. */
export function SetUp(): ReactNode {
  const { access } = useAccess();
  if (access.owner) return <Navigate to={access.signed_in ? "/" : "/sign-in"} replace />;
  return (
    <AccountForm
      title="Set up the owner"
      intro="Whoever sets up this hub owns it: signs in from anywhere and makes keys for bots."
      action="Set up and sign in"
      fields={[
        { name: "name", label: "Name", type: "text", autoComplete: "name" },
        { name: "email", label: "E-mail", type: "email", autoComplete: "username" },
        {
          name: "password",
          label: "Password",
          type: "password",
          autoComplete: "new-password",
          hint: `at least ${PASSWORD_LENGTH_MIN} characters`,
          minLength: PASSWORD_LENGTH_MIN,
        },
        ...(access.setup_token_required ? [tokenField] : []),
      ]}
      submit={async (values) => {
        await setUpOwner({
          name: values("name"),
          email: values("email"),
          password: values("password"),
          ...(access.setup_token_required ? { setup_token: values("setup_token").trim() } : {}),
        });
        return true;
      }}
    />
  );
}

const tokenField: Field = {
  name: "setup_token",
  label: "Setup token",
  type: "text",
  autoComplete: "off",
  hint: "the hub printed it when it started, and keeps it in the file setup-token of its data directory",
};

/** Signs in whoever has an account: by the password, and then by the second factor of whoever has one. */
export function SignIn(): ReactNode {
  const { access } = useAccess();
  const [step, setStep] = useState<"password" | "code" | "recovery">("password");
  if (!access.owner) return <Navigate to="/set-up" replace />;
  if (step !== "password") return <SecondStep step={step} choose={setStep} />;
  return (
    <AccountForm
      key="password"
      title="Sign in"
      action="Sign in"
      fields={[
        { name: "email", label: "E-mail", type: "email", autoComplete: "username" },
        { name: "password", label: "Password", type: "password", autoComplete: "current-password" },
      ]}
      submit={async (values) => {
        const isDone = await signIn(values("email"), values("password"));
        if (!isDone) setStep("code");
        return isDone;
      }}
    />
  );
}

interface SecondStepProps {
  readonly step: "code" | "recovery";
  readonly choose: (step: "password" | "code" | "recovery") => void;
}

function SecondStep({ step, choose }: SecondStepProps): ReactNode {
  const isCode = step === "code";
  return (
    <AccountForm
      key={step}
      title="Second factor"
      intro={isCode ? "The password was right. Now the code that your app shows." : "Each recovery code signs in once."}
      action="Sign in"
      fields={[isCode ? codeField : recoveryField]}
      submit={async (values) => {
        const given = values("code").trim();
        await giveSecondFactor(isCode ? { code: given } : { recovery_code: given });
        return true;
      }}
    >
      <p className="mt-4 flex flex-wrap justify-between gap-x-4 gap-y-1 text-13 text-n9">
        <button
          type="button"
          onClick={() => choose(isCode ? "recovery" : "code")}
          className="underline underline-offset-2 hover:text-n12"
        >
          {isCode ? "Use a recovery code instead" : "Use the app instead"}
        </button>
        <button
          type="button"
          onClick={() => choose("password")}
          className="underline underline-offset-2 hover:text-n12"
        >
          Begin again
        </button>
      </p>
    </AccountForm>
  );
}

const codeField: Field = {
  name: "code",
  label: "Code",
  type: "text",
  autoComplete: "one-time-code",
  hint: "six digits, a new one every half minute",
  inputMode: "numeric",
  autoFocus: true,
};
const recoveryField: Field = {
  name: "code",
  label: "Recovery code",
  type: "text",
  autoComplete: "off",
  autoFocus: true,
};

/** Chooses a password with the link of an invitation, and signs in with it. */
export function Invitation(): ReactNode {
  // Taken at once and out of the address: it is nobody else's to see.
  const [token] = useState(() => location.hash.slice(1));
  const navigate = useNavigate();
  useEffect(() => history.replaceState(history.state, "", location.pathname), []);
  if (token === "")
    return (
      <main className="mx-auto max-w-xl pt-[18vh]">
        <Trouble title="This link is not whole">
          Open the whole link that you were given, with all that stands behind its #. It works once; an owner can make
          another.
        </Trouble>
      </main>
    );
  return (
    <AccountForm
      title="Choose a password"
      intro="You were invited to this desk. The link works once."
      action="Choose it and sign in"
      fields={[
        {
          name: "password",
          label: "Password",
          type: "password",
          autoComplete: "new-password",
          hint: `at least ${PASSWORD_LENGTH_MIN} characters`,
          minLength: PASSWORD_LENGTH_MIN,
        },
      ]}
      submit={async (values) => {
        const password = values("password");
        const { email } = await acceptInvitation(token, password);
        const isDone = await signIn(email, password);
        if (!isDone) await navigate({ to: "/sign-in" });
        return isDone;
      }}
    />
  );
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "email" | "password";
  readonly autoComplete: string;
  readonly hint?: string;
  readonly minLength?: number;
  readonly inputMode?: "numeric";
  readonly autoFocus?: boolean;
}

interface AccountFormProps {
  readonly title: string;
  readonly intro?: string;
  readonly action: string;
  readonly fields: readonly Field[];
  /** Resolves with whether that was all: then the desk is shown. */
  readonly submit: (values: (name: string) => string) => Promise<boolean>;
  readonly children?: ReactNode;
}

function AccountForm({ title, intro, action, fields, submit, children }: AccountFormProps): ReactNode {
  const { access, refresh } = useAccess();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const onSubmit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    try {
      if (!(await submit((name) => String(data.get(name) ?? "")))) return;
      await refresh();
      await navigate({ to: "/" });
    } catch (cause) {
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="h-dvh overflow-y-auto bg-n2 px-4 pt-[12vh] pb-8">
      <form onSubmit={(event) => void onSubmit(event)} className="mx-auto w-full max-w-sm" aria-label={title}>
        <p className="font-semibold text-14 text-n12">
          <span aria-hidden="true" className="text-up">
            ◆
          </span>{" "}
          Deskwatch
        </p>
        <h1 className="mt-4 font-medium text-28 text-n12">{title}</h1>
        {intro !== undefined && <p className="mt-2 text-14 text-n10">{intro}</p>}
        <div className="mt-4 flex flex-col gap-4">
          {fields.map((field) => (
            <TextField key={field.name} {...field} />
          ))}
          {trouble !== undefined && <Refused>{trouble}</Refused>}
        </div>
        <button
          type="submit"
          disabled={busy}
          className="mt-5 w-full rounded bg-n12 px-3 py-2 font-medium text-14 text-n1 hover:bg-n11 disabled:opacity-60"
        >
          {action}
        </button>
        {children}
        {access.loopback_trusted && (
          <p className="mt-4 text-center text-13 text-n9">
            <Link to="/" className="underline underline-offset-2 hover:text-n12">
              Go on without: this machine is trusted to read
            </Link>
          </p>
        )}
      </form>
    </main>
  );
}
