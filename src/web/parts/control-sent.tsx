import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import type { CommandView } from "../../protocol/api-control.ts";
import { commandMark, doneCount } from "../../view/command-proof.ts";
import { momentMs } from "../../view/time-format.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { Mark } from "./marks.tsx";
import { ProofLines } from "./proof-line.tsx";

/** Bots whose way is shown in the dialog. */
const BOTS_MOST = 8;

interface ControlSentProps {
  readonly command: CommandView;
  readonly onClose: () => void;
}

/** How far a command came that was just asked for, as it goes on. */
export function ControlSent({ command: asked, onClose }: ControlSentProps): ReactNode {
  const command = useCell(useDesk().controls)?.commands.find(({ command_id: id }) => id === asked.command_id) ?? asked;
  const { done, all } = doneCount(command);
  const close = useRef<HTMLButtonElement>(null);
  // What had the focus is gone: the next thing to press has it.
  useEffect(() => close.current?.focus(), []);
  return (
    <div className="mt-2 flex flex-col gap-3" data-sent={command.command_id}>
      <p className="flex flex-wrap gap-x-3 text-13 text-n10">
        <Mark mark={commandMark(command)} />
        <span>requested at {momentMs(command.issued_at)} UTC, and kept</span>
      </p>
      <ProofLines command={command} most={BOTS_MOST} />
      <p role="status" className="sr-only">
        {commandMark(command).word}: done with {done} of {all}.
      </p>
      <div className="flex items-center gap-3">
        <button
          ref={close}
          type="button"
          onClick={onClose}
          className="rounded border border-n6 px-3 py-1.5 text-14 hover:bg-n4"
        >
          Close
        </button>
        <Link
          to="/controls"
          search={{ view: "history", command: command.command_id }}
          onClick={onClose}
          className="text-13 text-n10 underline underline-offset-2"
        >
          See it in the history
        </Link>
      </div>
    </div>
  );
}
