import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { HaltRuleView } from "../../protocol/api-rules.ts";
import { HALT_RULES_MAX, type RuleMetric } from "../../protocol/rule-metrics.ts";
import { type ReadingRow, readingRows, type RuleRow, ruleRow, rulesInOrder } from "../../view/halt-rule-rows.ts";
import { readsAt } from "../live/hub-api.ts";
import { changeRule, isHaltRules, termsOfRule } from "../live/rules-api.ts";
import { useControls } from "../live/use-controls.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { useRead } from "../live/use-read.ts";
import { Age } from "../parts/age.tsx";
import { ControlRefused } from "../parts/control-buttons.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Refused, useAct } from "../parts/form.tsx";
import { Mark, ShareBar } from "../parts/marks.tsx";
import { Empty, Panel, Skeleton, Trouble } from "../parts/panel.tsx";
import { RemoveRule } from "../parts/remove-rule.tsx";
import { RuleForm } from "../parts/rule-form.tsx";
import { Value } from "../parts/value.tsx";

const EVERY_MS = 2_000;

/** What is open over the page: a form for a new rule or one that is there, or the question whether to remove one. */
type Open = { readonly form: RuleMetric | HaltRuleView } | { readonly remove: HaltRuleView } | undefined;

/** The rules that halt by themselves: how each stands with what it watches, and the way to set them. */
export function HaltRules(): ReactNode {
  const desk = useDesk();
  const { data, atMs, trouble, again } = useRead(`${readsAt(desk.source)}/halt-rules`, isHaltRules, EVERY_MS);
  const [open, setOpen] = useState<Open>();
  const mode = useCell(desk.about)?.mode;
  if (data === undefined || atMs === undefined)
    return trouble === undefined ? (
      <Skeleton rows={8} />
    ) : (
      <Trouble title="The rules could not be read" retry={again}>
        {trouble}
      </Trouble>
    );
  const { rules } = data;
  const close = (): void => setOpen(undefined);
  const names = rules.map(({ name }) => name);
  return (
    <div className="@container flex min-w-0 grow flex-col gap-px bg-n4">
      {trouble !== undefined && (
        <p role="status" className="bg-n2 px-3 py-1.5 text-13 text-stale" data-not-read="">
          <span aria-hidden="true">⚠ </span>
          Read <Age ageS={0} atMs={atMs} /> ago, and not since: {trouble}
        </p>
      )}
      {desk.source !== undefined || mode === "demo" ? (
        <Panel title="Automatic halts" className="grow">
          <Empty title={desk.source === undefined ? "A demo halts nothing by itself" : "A replay halts nothing"}>
            Rules are set on a live desk, and halt its bots only.
          </Empty>
        </Panel>
      ) : (
        <>
          <Rules rules={rules} open={setOpen} again={again} />
          <Readings rules={rules} />
        </>
      )}
      {open !== undefined && "form" in open && <RuleForm of={open.form} taken={names} onClose={close} onDone={again} />}
      {open !== undefined && "remove" in open && <RemoveRule rule={open.remove} onClose={close} onDone={again} />}
    </div>
  );
}

interface RulesProps {
  readonly rules: readonly HaltRuleView[];
  readonly open: (what: Open) => void;
  readonly again: () => void;
}

function Rules({ rules, open, again }: RulesProps): ReactNode {
  const { refusal } = useControls();
  const { busy, trouble, run } = useAct();
  const off = rules.filter(({ enabled }) => !enabled).length;
  const note = rules.length === 0 ? undefined : `${rules.length}${off === 0 ? "" : `, ${off} off`}`;
  const onSwitch = (rule: HaltRuleView): void =>
    void run(async () => {
      await changeRule(rule, { ...termsOfRule(rule), enabled: !rule.enabled }).finally(again);
    });
  const columns = refusal === undefined ? [...ruleColumns, actionColumn({ open, onSwitch, busy })] : ruleColumns;
  return (
    <Panel title="Automatic halts" note={note}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-n4 border-b px-3 py-2">
        {refusal === undefined ? (
          <button
            type="button"
            onClick={() => open({ form: "daily_loss_pct" })}
            disabled={rules.length >= HALT_RULES_MAX}
            className="control-button is-large"
          >
            Add a rule
          </button>
        ) : (
          <ControlRefused />
        )}
        <p className="text-12 text-n9">
          Each looks once a second. A breach is told once, with the same{" "}
          <Link to="/controls" search={{ view: "history" }} className="underline underline-offset-2">
            proof
          </Link>{" "}
          as any command; nothing resumes by itself unless its rule says so.
        </p>
      </div>
      {trouble !== undefined && (
        <div className="p-3">
          <Refused>{trouble}</Refused>
        </div>
      )}
      {rules.length === 0 ? (
        <NoRules open={open} />
      ) : (
        <DataTable
          label="Automatic halts"
          columns={columns}
          rows={rulesInOrder(rules).map((rule) => ({ rule, shown: ruleRow(rule) }))}
          rowKey={({ rule }) => rule.name}
          rowData={({ rule }) => ({ "data-rule": rule.name })}
        />
      )}
    </Panel>
  );
}

const SUGGESTED = [
  ["daily_loss_pct", "Daily loss of 3 %"],
  ["drawdown_pct", "Drawdown of 5 %"],
] as const;

function NoRules({ open }: Pick<RulesProps, "open">): ReactNode {
  const { refusal } = useControls();
  return (
    <div className="pb-6">
      <Empty title="No rule halts by itself">
        Nothing is halted until a rule is set: here, or under <code>automatic_halts</code> in the configuration file.
      </Empty>
      {refusal === undefined && (
        <div className="flex flex-wrap justify-center gap-2 px-3">
          {SUGGESTED.map(([metric, label]) => (
            <button
              key={metric}
              type="button"
              onClick={() => open({ form: metric })}
              className="control-button is-large"
            >
              {label} …
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

interface RuleLine {
  readonly rule: HaltRuleView;
  readonly shown: RuleRow;
}

const ruleColumns: readonly Column<RuleLine>[] = [
  { head: "Rule", card: "title", cell: ({ rule }) => <span className="text-n12">{rule.name}</span> },
  { head: "State", cell: ({ shown }) => <Mark mark={shown.mark} /> },
  {
    head: "When",
    wraps: true,
    card: "wide",
    cell: ({ shown }) => (
      <>
        {shown.when}
        {shown.only !== "" && <span className="text-n9"> · {shown.only}</span>}
      </>
    ),
  },
  { head: "Then", wraps: true, card: "wide", cell: ({ shown }) => shown.does },
  { head: "Watches", cell: ({ shown }) => shown.watches },
  { head: "Set in", hint: "where it is changed", cell: ({ shown }) => <Value shown={shown.source} /> },
];

interface Actions {
  readonly open: (what: Open) => void;
  readonly onSwitch: (rule: HaltRuleView) => void;
  readonly busy: boolean;
}

const actionColumn = ({ open, onSwitch, busy }: Actions): Column<RuleLine> => ({
  head: "",
  card: "wide",
  cell: ({ rule }) =>
    rule.source === "file" ? (
      <span className="text-12 text-n9">changed in the file</span>
    ) : (
      <fieldset aria-label={`Change ${rule.name}`} className="inline-flex gap-1">
        <button
          type="button"
          onClick={() => open({ form: rule })}
          className="control-button"
          aria-label={`Change ${rule.name}`}
        >
          Change
        </button>
        <button
          type="button"
          onClick={() => onSwitch(rule)}
          disabled={busy}
          className="control-button"
          aria-label={`Switch ${rule.enabled ? "off" : "on"} ${rule.name}`}
        >
          {rule.enabled ? "Switch off" : "Switch on"}
        </button>
        <button
          type="button"
          onClick={() => open({ remove: rule })}
          className="control-button"
          aria-label={`Remove ${rule.name}`}
        >
          Remove
        </button>
      </fieldset>
    ),
});

/** More would be read by nobody. */
const READINGS_SHOWN = 100;

function Readings({ rules }: Pick<RulesProps, "rules">): ReactNode {
  const nowMs = useDeskNowMs();
  const rows = readingRows(rules, nowMs);
  const watched = rules.reduce((sum, rule) => sum + rule.watched, 0);
  const shown = rows.slice(0, READINGS_SHOWN);
  if (rules.length === 0) return <div className="grow bg-n2" />;
  return (
    <Panel
      title="What they read"
      note={watched > shown.length ? `the first ${shown.length} of ${watched}, what needs you first` : `${watched}`}
      className="grow"
    >
      {shown.length === 0 ? (
        <Empty title="They watch nothing yet">A bot is watched once it runs in the mode of a rule.</Empty>
      ) : (
        <DataTable
          label="What they read"
          columns={readingColumns}
          rows={shown}
          rowKey={({ key }) => key}
          rowData={({ rule, subject }) => ({ "data-reading": `${rule}:${subject}` })}
        />
      )}
    </Panel>
  );
}

const readingColumns: readonly Column<ReadingRow>[] = [
  { head: "Of", card: "title", cell: ({ subject }) => <span className="text-n12">{subject}</span> },
  { head: "Rule", cell: ({ rule }) => rule },
  { head: "State", cell: ({ mark }) => <Mark mark={mark} /> },
  {
    head: "Now",
    numeric: true,
    cell: ({ value, used, mark }) => (
      <span className="flex flex-col">
        <Value shown={value} flash />
        <ShareBar share={used} tone={mark.tone === "ok" ? "neutral" : mark.tone} />
      </span>
    ),
  },
  { head: "Limit", numeric: true, cell: ({ limit }) => limit },
  {
    head: "So",
    card: "wide",
    wraps: true,
    cell: ({ meaning, commandId }) => (
      <span className="text-n10">
        {meaning}
        {commandId !== undefined && (
          <>
            {meaning === "" ? "" : " · "}
            <Link
              to="/controls"
              search={{ view: "history", command: commandId }}
              className="whitespace-nowrap text-n12 underline underline-offset-2"
            >
              its proof
            </Link>
          </>
        )}
      </span>
    ),
  },
];
