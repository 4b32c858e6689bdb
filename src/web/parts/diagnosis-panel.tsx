import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { DiagnosisAnswer, Finding } from "../../protocol/api-attribution.ts";
import { isDiagnosis } from "../live/frames.ts";
import { useAnalysis } from "../live/use-analysis.ts";
import { Empty, Panel } from "./panel.tsx";
import { Read } from "./reading.tsx";

interface DiagnosisPanelProps {
  /** Every bot when absent. */
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
}

/** Findings and things that could not be judged that are written out. */
const SHOWN_MOST = 20;

/** What seems wrong, in words with its evidence; silent where too little is known. Mount anew to ask of another bot. */
export function DiagnosisPanel({ bot, mode }: DiagnosisPanelProps): ReactNode {
  const reading = useAnalysis({ name: "diagnosis", is: isDiagnosis, query: { bot, mode } });
  return (
    <Panel title="Diagnosis" note="the last 7 days; said only where the evidence is enough">
      <Read reading={reading} what="The diagnosis" rows={3}>
        {(answer) => <Findings answer={answer} named={bot === undefined} />}
      </Read>
    </Panel>
  );
}

function Findings({ answer, named }: { readonly answer: DiagnosisAnswer; readonly named: boolean }): ReactNode {
  const { findings, unsaid } = answer;
  return (
    <>
      {findings.length === 0 && (
        <Empty title="Nothing seems wrong">
          {unsaid.length === 0 ? "Everything that can be judged was." : "What could not be judged stands below."}
        </Empty>
      )}
      <ul aria-label="Findings">
        {findings.slice(0, SHOWN_MOST).map((finding) => (
          <Found key={`${finding.code} ${finding.bot} ${finding.currency ?? ""}`} finding={finding} named={named} />
        ))}
      </ul>
      {findings.length > SHOWN_MOST && (
        <p className="px-3 py-1.5 text-12 text-n9">and {findings.length - SHOWN_MOST} more: choose a bot</p>
      )}
      {unsaid.length > 0 && (
        <details className="border-n4 border-t px-3 py-1.5 text-12 text-n9">
          <summary className="cursor-pointer hover:text-n12">{unsaid.length} that could not be judged</summary>
          <ul className="mt-1">
            {unsaid.slice(0, 3 * SHOWN_MOST).map(({ code, bot, reason }) => (
              <li key={`${code} ${bot} ${reason}`}>
                {bot}: {code.replaceAll("_", " ")}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Found({ finding, named }: { readonly finding: Finding; readonly named: boolean }): ReactNode {
  const grave = finding.severity === "warning";
  return (
    <li className="border-n4 border-b px-3 py-2 last:border-b-0" data-finding={finding.code}>
      <p className="text-13 text-n12">
        <span className={grave ? "text-stale" : "text-n9"}>
          <span aria-hidden="true">{grave ? "⚠" : "●"}</span>
          <span className="sr-only">{finding.severity}: </span>
        </span>{" "}
        {named && (
          <Link
            to="/bots/$bot"
            params={{ bot: finding.bot }}
            className="text-n11 underline underline-offset-2 hover:text-n12"
          >
            {finding.bot}
          </Link>
        )}
        {named && ": "}
        {finding.text}
      </p>
      <p className="text-12 text-n9">said when {finding.threshold}</p>
    </li>
  );
}
