import { isoFromMicros, micros } from "../base/time.ts";
import type { OpportunityFilter } from "../hub/ports.ts";
import type { OpportunityView } from "../protocol/api-trading.ts";
import { OPPORTUNITY_ACTIONS } from "../protocol/opportunity-actions.ts";
import { CANDIDATES, type FactFilter, type Gathering, type Statement, fieldsOf, statementsOf } from "./gathering.ts";
import type { Page } from "./page.ts";

/** Told by any of its statements; the newest that says it counts. */
const TOLD = ["event_id", "pair_id", "edge_bps", "edge_cents", "confidence"] as const;

/**
 * A page of opportunities: events of that type newest first, each looked up with the others of its opportunity, and
 * shown where it is the latest of them.
 */
export function* gatherOpportunities(filter: OpportunityFilter): Gathering<Page> {
  const { limit, upTo, beforeSeq = Number.MAX_SAFE_INTEGER } = filter;
  const most = Math.min(CANDIDATES, limit * OPPORTUNITY_ACTIONS.length);
  const facts = { ...factFilter(filter), beforeSeq: Math.min(beforeSeq, upTo + 1), limit: most };
  const rows = yield { ask: "facts", filter: facts };
  const candidates = rows.slice(0, most);
  const complete = rows.length <= most;
  const keys = new Set(candidates.flatMap((row) => keysOf(String(row["key"]))));
  const statements = yield* statementsOf([...keys], [], upTo);
  const texts: string[] = [];
  let reached: number | undefined;
  for (const [index, row] of candidates.entries()) {
    reached = Number(row["seq"]);
    const said = keysOf(String(row["key"])).flatMap((key) => statements.get(key) ?? []);
    const steps = said.sort((a, b) => a.seq - b.seq);
    if (steps.at(-1)?.seq !== reached) continue;
    const view = opportunityView(steps, reached);
    if (!fits(view, filter)) continue;
    texts.push(JSON.stringify(view));
    if (texts.length < limit) continue;
    const last = complete && index === candidates.length - 1;
    return { texts, lastSeq: last ? undefined : reached, complete: last };
  }
  return { texts, lastSeq: complete ? undefined : reached, complete };
}

function factFilter({ bot, mode, action, from, to, limit }: OpportunityFilter): FactFilter {
  const given = { bot, mode, action, from, to };
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...filter, type: "opportunity", order: "newest", limit };
}

/** The natural keys of all statements of the opportunity that one of them speaks of. */
function keysOf(key: string): string[] {
  const [id, type, bot, , mode] = key.split("\t");
  return OPPORTUNITY_ACTIONS.map((action) => [id, type, bot, action, mode].join("\t"));
}

const fits = (view: OpportunityView, { eventId, pairId }: OpportunityFilter): boolean =>
  (eventId === undefined || view.event_id === eventId) && (pairId === undefined || view.pair_id === pairId);

/** `steps` in order of `seq`, the latest last. */
function opportunityView(steps: readonly Statement[], seq: number): OpportunityView {
  const latest = steps.at(-1)?.content ?? {};
  const told: Record<string, unknown> = Object.assign({}, ...steps.map(({ content }) => fieldsOf(content, TOLD)));
  return {
    seq,
    ...(fieldsOf(latest, ["opportunity_id", "bot"]) as { opportunity_id: string; bot: string }),
    mode: (latest["mode"] ?? "live") as OpportunityView["mode"],
    timestamp: isoFromMicros(micros(steps[0]?.ts ?? 0)),
    ...told,
    action: latest["action"] as OpportunityView["action"],
    ...fieldsOf(latest, ["reason", "detail"]),
    steps: steps.map(({ ts, content }) => ({
      action: content["action"] as OpportunityView["action"],
      at: isoFromMicros(micros(ts)),
      ...fieldsOf(content, ["reason"]),
    })),
  };
}
