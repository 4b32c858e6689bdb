import type { ReactNode } from "react";
import type { CommandCourse, CommandView } from "../../protocol/api-control.ts";
import { actionLabel, commandWords, holdersWords, targetWords } from "../../view/control-words.ts";
import { coursesByUrgency, doneCount, proofLine } from "../../view/command-proof.ts";
import type { ControlledRow } from "../../view/control-rows.ts";
import { toneClass } from "./value.tsx";

interface ProofLineProps {
  readonly command: CommandView;
  readonly course: CommandCourse;
  /** What stands before it: the bot, or the command. */
  readonly of?: "bot" | "command";
}

/** How far a command came with one bot, step by step, with its evidence. */
function ProofLine({ command, course, of }: ProofLineProps): ReactNode {
  const { steps, notes, words, bot } = proofLine(command, course);
  return (
    <p className="proof" data-proof={bot} data-command={command.command_id}>
      {of === "bot" && (
        <span aria-hidden="true" className="proof-bot">
          {bot}
        </span>
      )}
      {of === "command" && (
        <span className="text-n12" title={commandWords(command)}>
          {actionLabel(command.action)} {targetWords(command.target)}:
        </span>
      )}
      <span className="sr-only">{words}</span>
      {steps.map(({ name, text, state, tone }, index) => (
        <span key={name} aria-hidden="true" className="whitespace-nowrap" data-step={name} data-state={state}>
          {index > 0 && <span className="text-n9">→ </span>}
          <span className={state === "waiting" || state === "over" ? "text-n9" : "text-n10"}>{name}</span>{" "}
          <span className={`font-medium ${tone === "neutral" ? "text-n12" : toneClass(tone)}`}>
            {state === "late" && "⚠ "}
            {text}
          </span>
        </span>
      ))}
      {notes.map(({ text, tone }) => (
        <span key={text} aria-hidden="true" className={`proof-note ${toneClass(tone)}`} data-note={tone}>
          {tone === "bad" ? "⚠ " : tone === "ok" ? "● " : tone === "stale" ? "◌ " : ""}
          {text}
        </span>
      ))}
    </p>
  );
}

/** How far the newest command came with a bot, and what holds it besides; nothing where nothing does. */
export function HeldAndProof({ row: { newest, held } }: { readonly row: ControlledRow }): ReactNode {
  const others = held.filter(({ id }) => id !== newest?.command.command_id);
  if (newest === undefined && others.length === 0) return null;
  return (
    <div className="flex flex-col gap-0.5">
      {newest !== undefined && <ProofLine command={newest.command} course={newest.course} of="command" />}
      {others.length > 0 && (
        <p className="whitespace-normal text-12 text-n10 [overflow-wrap:anywhere]">Held by {holdersWords(others)}</p>
      )}
    </div>
  );
}

interface ProofLinesProps {
  readonly command: CommandView;
  /** So many at most; how many more there are is said. */
  readonly most: number;
}

/** How far a command came with each of its bots, those that need somebody first. */
export function ProofLines({ command, most }: ProofLinesProps): ReactNode {
  const courses = coursesByUrgency(command);
  if (courses.length === 0) {
    return (
      <p className="text-12 text-n10">
        No bot is active there now. It goes to every bot that it covers and that asks for its orders later.
      </p>
    );
  }
  const { done, all } = doneCount(command);
  return (
    <>
      <ul className="flex flex-col gap-1.5">
        {courses.slice(0, most).map((course) => (
          <li key={course.bot}>
            <ProofLine command={command} course={course} of="bot" />
          </li>
        ))}
      </ul>
      {courses.length > most && (
        <p className="mt-1.5 text-12 text-n10">
          And {courses.length - most} more; done with {done} of {all}.
        </p>
      )}
    </>
  );
}
