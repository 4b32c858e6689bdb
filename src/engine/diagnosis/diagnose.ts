import type { DiagnosisAnswer, DiagnosisCode, Finding } from "../../protocol/api-attribution.ts";
import { CONDUCT_RULES } from "./conduct-rules.ts";
import type { ConductEvidence, MoneyEvidence, Rule } from "./evidence.ts";
import { MONEY_RULES } from "./money-rules.ts";

export type Diagnosis = Pick<DiagnosisAnswer, "findings" | "unsaid">;

/** What seems wrong with a bot, each with its evidence; silent where too little is known, and then why. */
export function diagnose(conduct: ConductEvidence, money: readonly MoneyEvidence[]): Diagnosis {
  const { bot, mode } = conduct;
  const findings: Finding[] = [];
  const unsaid: DiagnosisAnswer["unsaid"] = [];
  const judge = <Evidence>({ code, threshold, judge: judged }: Rule<Evidence>, evidence: Evidence): void => {
    const said = judged(evidence);
    if (said === undefined) return;
    if ("reason" in said) unsaid.push({ code, bot, mode, reason: said.reason });
    else findings.push({ code, bot, mode, ...said, threshold });
  };
  for (const rule of MONEY_RULES) for (const evidence of money) judge(rule, evidence);
  for (const rule of CONDUCT_RULES) judge(rule, conduct);
  return { findings, unsaid };
}

/** The gravest first; of one gravity in the order of the rules. */
export const byGravity = (a: Finding, b: Finding): number =>
  Number(a.severity === "notice") - Number(b.severity === "notice");

/** Every rule with its threshold, for the reference page. */
export const DIAGNOSES: readonly {
  readonly code: DiagnosisCode;
  readonly means: string;
  readonly threshold: string;
}[] = [...MONEY_RULES, ...CONDUCT_RULES];
