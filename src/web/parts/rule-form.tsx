import { type ReactNode, useId, useState } from "react";
import type { HaltRuleView } from "../../protocol/api-rules.ts";
import { RULE_METRICS, type RuleMetric, ruleMetrics } from "../../protocol/rule-metrics.ts";
import { actionMeans } from "../../view/control-words.ts";
import {
  draftOf,
  METRIC_FIELDS,
  newDraft,
  type RuleDraft,
  ruleOf,
  SCOPE_WORDS,
  scopesFor,
} from "../../view/halt-rule-draft.ts";
import { addRule, changeRule } from "../live/rules-api.ts";
import { Dialog } from "./dialog.tsx";
import { ActForm, TextField } from "./form.tsx";

interface RuleFormProps {
  /** What is changed, or the metric that a new rule begins with. */
  readonly of: HaltRuleView | RuleMetric;
  /** Names that are taken. */
  readonly taken: readonly string[];
  readonly onClose: () => void;
  /** Told that a rule was set. */
  readonly onDone: () => void;
}

/** Sets a rule, or changes one. */
export function RuleForm({ of, taken, onClose, onDone }: RuleFormProps): ReactNode {
  const seen = typeof of === "string" ? undefined : of;
  const [draft, setDraft] = useState<RuleDraft>(() => (typeof of === "string" ? newDraft(of, taken) : draftOf(of)));
  const change = (part: Partial<RuleDraft>): void => setDraft((before) => fitted({ ...before, ...part }));
  const title = seen === undefined ? "Add a rule that halts" : `Change ${seen.name}`;
  return (
    <Dialog title={title} onClose={onClose}>
      <ActForm
        label={title}
        action={seen === undefined ? "Set the rule" : "Change the rule"}
        onCancel={onClose}
        submit={async () => {
          if (seen === undefined) await addRule(ruleOf(draft, true));
          else await changeRule(seen, ruleOf(draft, seen.enabled));
          onDone();
          onClose();
        }}
      >
        <Limit draft={draft} change={change} choose={(metric) => setDraft(begun(draft, metric, { seen, taken }))} />
        <Does draft={draft} change={change} />
        <Resumes draft={draft} change={change} />
        {seen === undefined && (
          <TextField
            label="Name"
            name="name"
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
            maxLength={24}
            pattern="[a-z0-9][a-z0-9\-]{0,23}"
            title="1 to 24 of a-z 0-9 -"
            hint={`commands of it are told as rule:${draft.name === "" ? "NAME" : draft.name}`}
            autoComplete="off"
          />
        )}
        <p className="text-12 text-n9">
          It looks each second from now on: what breaches it already is told to {draft.action} at once.
        </p>
      </ActForm>
    </Dialog>
  );
}

/** Another metric begins with its own suggestions, and a name of its own while the rule has none yet. */
function begun(
  draft: RuleDraft,
  metric: RuleMetric,
  { seen, taken }: { readonly seen: HaltRuleView | undefined; readonly taken: readonly string[] },
): RuleDraft {
  const { limit, name, scope } = newDraft(metric, taken);
  return fitted({ ...draft, metric, limit, scope, name: seen === undefined ? name : draft.name });
}

/** A scope that there is for the metric and the mode. */
function fitted(draft: RuleDraft): RuleDraft {
  const scopes = scopesFor(draft);
  return scopes.includes(draft.scope) ? draft : { ...draft, scope: scopes[0] ?? "bot" };
}

interface FieldsProps {
  readonly draft: RuleDraft;
  readonly change: (part: Partial<RuleDraft>) => void;
}

function Limit({ draft, change, choose }: FieldsProps & { readonly choose: (metric: RuleMetric) => void }): ReactNode {
  const id = useId();
  const { unit, means } = METRIC_FIELDS[draft.metric];
  const isBelow = RULE_METRICS[draft.metric].breaches === "below";
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap gap-3">
        <Select
          label="When"
          value={draft.metric}
          options={ruleMetrics.map((metric) => [metric, RULE_METRICS[metric].title])}
          choose={choose}
          className="grow"
        />
        <label className="flex flex-col gap-1 text-13 text-n11">
          {isBelow ? "is below" : "is at or over"}
          <span className="flex items-center gap-2">
            <input
              name="limit"
              required
              inputMode="decimal"
              pattern="[0-9]+([.,][0-9]+)?"
              title="a number above 0"
              value={draft.limit}
              onChange={(event) => change({ limit: event.target.value })}
              aria-describedby={`${id}-means`}
              autoComplete="off"
              className="control-field w-24 text-right tabular-nums"
            />
            <span className="w-14 text-n11">{unit}</span>
          </span>
        </label>
      </div>
      <p id={`${id}-means`} className="text-12 text-n9">
        {means}
      </p>
    </div>
  );
}

const ACTIONS = [
  ["pause", "pause"],
  ["halt", "halt"],
  ["flatten", "flatten"],
] as const;
const MODES = [
  ["live", "live"],
  ["paper", "paper"],
  ["simulate", "simulated"],
] as const;

function Does({ draft, change }: FieldsProps): ReactNode {
  const scopes = scopesFor(draft);
  const isOfAll = draft.scope === "desk" && RULE_METRICS[draft.metric].ofDesk;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-1">
        <div className="flex flex-wrap gap-3">
          <Select label="Then" value={draft.action} options={ACTIONS} choose={(action) => change({ action })} />
          <Select
            label="What"
            value={draft.scope}
            options={scopes.map((scope) => [scope, SCOPE_WORDS[scope]])}
            choose={(scope) => change({ scope })}
            className="grow"
          />
          <Select label="Mode" value={draft.mode} options={MODES} choose={(mode) => change({ mode })} />
        </div>
        <p className="text-12 text-n9">
          {actionMeans(draft.action)}
          {draft.mode !== "live" && " Only the bot itself: what is wider would hold live bots too."}
        </p>
      </div>
      {isOfAll ? (
        <p className="text-12 text-n9">The losses of all bots together are watched.</p>
      ) : (
        <TextField
          label="Only"
          name="of"
          required={false}
          value={draft.of}
          onChange={(event) => change({ of: event.target.value })}
          placeholder="all"
          hint={`names of ${OF_WORDS[draft.scope]}, with commas between them; empty for all`}
          autoComplete="off"
        />
      )}
    </div>
  );
}

const OF_WORDS: Readonly<Record<RuleDraft["scope"], string>> = {
  bot: "bots",
  strategy: "strategies",
  venue: "venues",
  desk: "bots",
};

function Resumes({ draft, change }: FieldsProps): ReactNode {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-13 text-n11">Resume</legend>
      <label className="flex items-baseline gap-2 text-14 text-n12">
        <input
          type="radio"
          name="resume"
          checked={!draft.resumes}
          onChange={() => change({ resumes: false })}
          className="accent-n11"
        />
        never by itself: somebody looks first
      </label>
      <label className="flex items-baseline gap-2 text-14 text-n12">
        <input
          type="radio"
          name="resume"
          checked={draft.resumes}
          onChange={() => change({ resumes: true })}
          className="accent-n11"
        />
        after a time within the limit
      </label>
      {draft.resumes && (
        <label className="ml-6 flex items-center gap-2 text-13 text-n11">
          <span className="sr-only">Seconds within the limit</span>
          <input
            name="resume_after"
            type="number"
            required
            min={1}
            max={604_800}
            value={draft.resumeAfter}
            onChange={(event) => change({ resumeAfter: event.target.value })}
            className="control-field w-28 text-right tabular-nums"
          />
          seconds
        </label>
      )}
    </fieldset>
  );
}

interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly choose: (value: T) => void;
  readonly className?: string;
}

function Select<T extends string>({ label, value, options, choose, className = "" }: SelectProps<T>): ReactNode {
  return (
    <label className={`flex min-w-0 flex-col gap-1 text-13 text-n11 ${className}`}>
      {label}
      <select
        value={value}
        onChange={({ target }) => {
          const chosen = options.find(([each]) => each === target.value);
          if (chosen !== undefined) choose(chosen[0]);
        }}
        className="control-field w-full"
      >
        {options.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
