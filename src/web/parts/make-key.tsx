import { type ReactNode, useState } from "react";
import type { KeyScope, NewKeyAnswer } from "../../protocol/api-people.ts";
import { scopeMeans } from "../../view/people-words.ts";
import { makeKey } from "../live/people-api.ts";
import { CodeBlock } from "./code-block.tsx";
import { Dialog } from "./dialog.tsx";
import { ActForm, TextField } from "./form.tsx";

const SCOPES: readonly KeyScope[] = ["ingest", "read", "metrics", "control"];
const LIFE = [
  ["", "until it is revoked"],
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "a year"],
] as const;

/** Makes a key and shows it, this once. */
export function MakeKey({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }): ReactNode {
  const [made, setMade] = useState<NewKeyAnswer>();
  return (
    <Dialog title={made === undefined ? "Make a key" : `The key ${made.name}`} onClose={onClose}>
      {made === undefined ? (
        <NewKeyForm
          onClose={onClose}
          onMade={(key) => {
            setMade(key);
            onDone();
          }}
        />
      ) : (
        <div className="flex flex-col gap-3">
          <p className="text-13 text-n10">Copy it now: the hub keeps only its digest, and it is not shown again.</p>
          <CodeBlock name="key" code={made.key} note={made.scopes.join(", ")} />
          <p className="text-13 text-n10">
            Programs send it as <code className="rounded bg-n3 px-1.5 py-0.5">Authorization: Bearer …</code>; a bot
            takes it from <code className="rounded bg-n3 px-1.5 py-0.5">DASHBOARD_API_KEY</code>.
          </p>
          <div>
            <button type="button" onClick={onClose} className="control-button is-large">
              I have it
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

interface NewKeyFormProps {
  readonly onClose: () => void;
  readonly onMade: (key: NewKeyAnswer) => void;
}

function NewKeyForm({ onClose, onMade }: NewKeyFormProps): ReactNode {
  const [scopes, setScopes] = useState<readonly KeyScope[]>(["ingest"]);
  const toggle = (scope: KeyScope): void =>
    setScopes(scopes.includes(scope) ? scopes.filter((each) => each !== scope) : [...scopes, scope]);
  return (
    <ActForm
      label="Make a key"
      action="Make the key"
      onCancel={onClose}
      submit={async (typed) => {
        const [bot, days] = [typed("bot").trim(), typed("days")];
        const key = await makeKey({
          name: typed("name").trim(),
          scopes: SCOPES.filter((scope) => scopes.includes(scope)),
          ...(bot === "" ? {} : { bot }),
          ...(days === "" ? {} : { expires_in_days: Number(days) }),
        });
        onMade(key);
      }}
    >
      <TextField
        label="Name"
        name="name"
        maxLength={128}
        hint="what it is for, such as the bot's name"
        autoComplete="off"
        autoFocus
      />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-13 text-n11">It may</legend>
        {SCOPES.map((scope) => (
          <label key={scope} className="flex items-baseline gap-2 text-14">
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={() => toggle(scope)}
              className="accent-n11"
            />
            <span className="w-20 shrink-0 text-n12">{scope}</span>
            <span className="text-13 text-n10">{scopeMeans[scope]}</span>
          </label>
        ))}
      </fieldset>
      {scopes.includes("ingest") && (
        <TextField
          label="Bot"
          name="bot"
          required={false}
          maxLength={64}
          pattern="[A-Za-z0-9._:\-]+"
          hint="the only one that it may speak for; empty for any"
          autoComplete="off"
        />
      )}
      <label className="flex flex-col gap-1 text-13 text-n11">
        It holds
        <select name="days" className="control-field">
          {LIFE.map(([days, words]) => (
            <option key={days} value={days}>
              {words}
            </option>
          ))}
        </select>
      </label>
    </ActForm>
  );
}
