import { type FormEvent, type InputHTMLAttributes, type ReactNode, useId, useState } from "react";
import { HubError } from "../live/hub-api.ts";

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "className"> {
  readonly label: string;
  readonly hint?: string;
}

/** An input with its label above and what it takes below. Required unless told otherwise. */
export function TextField({ label, hint, ...input }: TextFieldProps): ReactNode {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-13 text-n11">
        {label}
      </label>
      <input
        id={id}
        required
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="control-field w-full"
        {...input}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-12 text-n9">
          {hint}
        </p>
      )}
    </div>
  );
}

/** What of a form was typed, by the names of its fields. */
export type Typed = (name: string) => string;

interface ActFormProps {
  readonly label: string;
  /** Of the button; while it is done, `busy`. */
  readonly action: string;
  readonly busyWord?: string;
  readonly submit: (typed: Typed, form: FormData) => Promise<void>;
  readonly onCancel?: () => void;
  readonly children?: ReactNode;
}

/** A form that does one thing and says when it was refused. Its fields are emptied once it is done. */
export function ActForm({ label, action, busyWord, submit, onCancel, children }: ActFormProps): ReactNode {
  const { busy, trouble, run } = useAct();
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    void run(async () => {
      await submit((name) => String(data.get(name) ?? ""), data);
      form.reset();
    });
  };
  return (
    <form onSubmit={onSubmit} aria-label={label} className="flex flex-col gap-3">
      {children}
      {trouble !== undefined && <Refused>{trouble}</Refused>}
      <div className="flex flex-wrap gap-2">
        <button
          type="submit"
          disabled={busy}
          className="rounded border border-transparent bg-n12 px-3 py-1.5 font-medium text-14 text-n1 hover:bg-n11 disabled:opacity-60"
        >
          {busy ? (busyWord ?? action) : action}
        </button>
        {onCancel !== undefined && (
          <button type="button" onClick={onCancel} className="rounded border border-n6 px-3 py-1.5 text-14 hover:bg-n4">
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}

/** Why something was not done. */
export function Refused({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <p role="alert" className="rounded border border-bad/60 px-3 py-2 text-13">
      <span className="text-bad">⚠</span> {children}
    </p>
  );
}

interface Act {
  readonly busy: boolean;
  readonly trouble: string | undefined;
  readonly run: (work: () => Promise<void>) => Promise<void>;
}

/** Does one thing at a time, and keeps why it was refused. */
export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setTrouble(undefined);
    try {
      await work();
    } catch (cause) {
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  };
  return { busy, trouble, run };
}
