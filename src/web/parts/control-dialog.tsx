import { type FormEvent, type ReactNode, useEffect, useId, useState } from "react";
import type { CommandView, ControlEffect } from "../../protocol/api-control.ts";
import { actionLabel, actionMeans, isConfirmed, targetWords, typedConfirmation } from "../../view/control-words.ts";
import { HubError, previewControl, sendControl } from "../live/hub-api.ts";
import { type ControlWanted, useControls } from "../live/use-controls.ts";
import { ControlSent } from "./control-sent.tsx";
import { TextField } from "./form.tsx";
import { Modal } from "./modal.tsx";
import { ControlRefused } from "./control-buttons.tsx";

interface ControlDialogProps {
  readonly wanted: ControlWanted;
  readonly onClose: () => void;
}

/** Says what a command would do, asks why, and has it confirmed by typing; then shows how far it came. */
export function ControlDialog({ wanted, onClose }: ControlDialogProps): ReactNode {
  const { refusal } = useControls();
  const [sent, setSent] = useState<CommandView>();
  const title = `${actionLabel(wanted.action)} ${targetWords(wanted.target)}`;
  return (
    <Modal label={title} onClose={onClose}>
      <div className="max-h-[76dvh] overflow-y-auto p-4" data-control={wanted.action}>
        <h2 className="font-medium text-20 text-n12 [overflow-wrap:anywhere]">{title}</h2>
        {refusal !== undefined && sent === undefined ? (
          <Refused onClose={onClose} />
        ) : sent === undefined ? (
          <Asking wanted={wanted} title={title} onClose={onClose} onSent={setSent} />
        ) : (
          <ControlSent command={sent} onClose={onClose} />
        )}
      </div>
    </Modal>
  );
}

function Refused({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <>
      <div className="mt-2">
        <ControlRefused />
      </div>
      <button type="button" onClick={onClose} className="mt-4 rounded border border-n6 px-3 py-1.5 hover:bg-n4">
        Close
      </button>
    </>
  );
}

interface AskingProps extends ControlDialogProps {
  readonly title: string;
  readonly onSent: (command: CommandView) => void;
}

function Asking({ wanted, title, onClose, onSent }: AskingProps): ReactNode {
  const { action, target } = wanted;
  const [commandId] = useState(newCommandId);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const confirmed = isConfirmed(typed, action, target);
  const missing =
    reason.trim() === "" ? "Say why first." : confirmed ? undefined : "Type what is asked for to confirm.";
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (missing !== undefined || busy) return;
    setBusy(true);
    try {
      const { command } = await sendControl({ action, target, reason: reason.trim(), command_id: commandId });
      onSent(command);
    } catch (cause) {
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void send(event)} className="mt-1 flex flex-col gap-3">
      <p className="text-13 text-n10">{actionMeans(action)}</p>
      <Effect wanted={wanted} />
      <TextField
        label="Reason"
        autoFocus
        maxLength={1024}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        placeholder="kept with the command"
        autoComplete="off"
      />
      <Confirmation wanted={wanted} typed={typed} onType={setTyped} isRight={confirmed} />
      {trouble !== undefined && (
        <p role="alert" className="rounded border border-bad/50 px-3 py-2">
          <span className="text-bad">⚠ It was not taken.</span> {trouble} Ask again: it takes effect once.
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <button
          type="submit"
          disabled={missing !== undefined || busy}
          className={`control-button is-large ${missing === undefined && !busy ? "" : "opacity-60"}`}
          data-action={action}
        >
          {busy ? "Asking" : title}
        </button>
        <button type="button" onClick={onClose} className="rounded border border-n6 px-3 py-1.5 text-14 hover:bg-n4">
          Cancel
        </button>
        <span role="status" className="text-12 text-n9">
          {missing}
        </span>
      </div>
    </form>
  );
}

interface ConfirmationProps {
  readonly wanted: ControlWanted;
  readonly typed: string;
  readonly onType: (text: string) => void;
  readonly isRight: boolean;
}

function Confirmation({ wanted: { action, target }, typed, onType, isRight }: ConfirmationProps): ReactNode {
  return (
    <label className="flex flex-col gap-1 text-13 text-n11">
      <span>
        Type <code className="text-n12 [overflow-wrap:anywhere]">{typedConfirmation(action, target)}</code> to confirm
        {isRight && (
          <span className="text-ok">
            {" "}
            <span aria-hidden="true">✓</span> <span className="sr-only">right</span>
          </span>
        )}
      </span>
      <input
        required
        value={typed}
        onChange={(event) => onType(event.target.value)}
        autoComplete="off"
        autoCorrect="off"
        autoCapitalize={"all" in target ? "characters" : "none"}
        spellCheck={false}
        className="control-field font-mono"
      />
    </label>
  );
}

type Preview = { readonly effect?: ControlEffect; readonly trouble?: string };

/** What the command would do now, in numbers. */
function Effect({ wanted }: { readonly wanted: ControlWanted }): ReactNode {
  const [asked, setAsked] = useState(0);
  return <AskedEffect key={asked} wanted={wanted} again={() => setAsked(asked + 1)} />;
}

interface AskedEffectProps {
  readonly wanted: ControlWanted;
  readonly again: () => void;
}

function AskedEffect({ wanted, again }: AskedEffectProps): ReactNode {
  const [{ effect, trouble }, setPreview] = useState<Preview>({});
  useEffect(() => {
    let left = false;
    previewControl(wanted).then(
      (told) => !left && setPreview({ effect: told }),
      (cause: unknown) => !left && setPreview({ trouble: cause instanceof Error ? cause.message : String(cause) }),
    );
    return () => {
      left = true;
    };
  }, [wanted]);
  if (effect !== undefined) return <Told effect={effect} />;
  if (trouble === undefined) {
    return (
      <div aria-busy="true" className="skeleton h-14" data-skeleton="">
        <span className="sr-only">Reading what it would do</span>
      </div>
    );
  }
  return (
    <p role="alert" className="rounded border border-stale/50 px-3 py-2">
      <span className="text-stale">⚠ What it would do could not be read.</span> {trouble} It can be asked for all the
      same.{" "}
      <button type="button" onClick={again} className="underline underline-offset-2">
        Read again
      </button>
    </p>
  );
}

/** Names that are written out; how many more there are is said. */
const NAMES_MOST = 12;

function Told({ effect }: { readonly effect: ControlEffect }): ReactNode {
  const { summary, bots, unreachable, still } = effect;
  return (
    <div role="status" className="flex flex-col gap-1.5 rounded border border-n5 bg-n3 px-3 py-2" data-effect="">
      <p className="text-16 text-n12">{summary}</p>
      {bots.length > 0 && <p className="text-12 text-n10 [overflow-wrap:anywhere]">{names(bots)}</p>}
      {unreachable.length > 0 && (
        <p className="text-12 [overflow-wrap:anywhere]" data-unreachable="">
          <span className="text-stale">⚠ Nothing can be proven of {names(unreachable)}:</span>{" "}
          {unreachable.length === 1 ? "it" : "they"} never asked for commands.
        </p>
      )}
      {still.length > 0 && <Still still={still} />}
    </div>
  );
}

function Still({ still }: { readonly still: readonly string[] }): ReactNode {
  const id = useId();
  return (
    <div className="text-12" data-still="">
      <p id={id} className="text-stale">
        ⚠ Goes on to hold:
      </p>
      <ul aria-labelledby={id} className="list-inside list-disc text-n11">
        {still.slice(0, NAMES_MOST).map((each) => (
          <li key={each}>{each}</li>
        ))}
        {still.length > NAMES_MOST && <li>and {still.length - NAMES_MOST} more</li>}
      </ul>
    </div>
  );
}

function names(list: readonly string[]): string {
  const shown = list.slice(0, NAMES_MOST).join(", ");
  return list.length > NAMES_MOST ? `${shown} and ${list.length - NAMES_MOST} more` : shown;
}

/** An id of the page's own: what is sent twice takes effect once. Over plain HTTP browsers make no UUID. */
function newCommandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `page-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
