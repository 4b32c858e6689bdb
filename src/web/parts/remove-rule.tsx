import { type ReactNode, useState } from "react";
import type { HaltRuleView } from "../../protocol/api-rules.ts";
import { HubError } from "../live/hub-api.ts";
import { removeRule } from "../live/rules-api.ts";
import { Dialog } from "./dialog.tsx";
import { ActForm, TextField } from "./form.tsx";

interface RemoveRuleProps {
  readonly rule: HaltRuleView;
  readonly onClose: () => void;
  /** Told that it was removed. */
  readonly onDone: () => void;
}

/** Says what removing a rule means, and has it confirmed by its name. */
export function RemoveRule({ rule, onClose, onDone }: RemoveRuleProps): ReactNode {
  const [typed, setTyped] = useState("");
  const held = rule.readings.filter(({ command_id }) => command_id !== null).length;
  return (
    <Dialog title={`Remove ${rule.name}`} onClose={onClose}>
      <ActForm
        label={`Remove ${rule.name}`}
        action="Remove the rule"
        onCancel={onClose}
        submit={async () => {
          if (typed.trim() !== rule.name) throw new HubError(0, `Type ${rule.name} to remove it.`);
          await removeRule(rule);
          onDone();
          onClose();
        }}
      >
        <p className="text-14 text-n11">
          Nothing watches {rule.watched === 1 ? "what it watches" : `the ${rule.watched} that it watches`} for it any
          more.{" "}
          {held > 0 &&
            `What it holds stays held until somebody resumes it: ${held === 1 ? "1 command stands" : `${held} commands stand`}.`}
        </p>
        <TextField
          label={`Type ${rule.name} to confirm`}
          name="confirmed"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          autoFocus
        />
      </ActForm>
    </Dialog>
  );
}
