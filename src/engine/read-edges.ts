import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { EdgeView } from "../protocol/api.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { State } from "./fold.ts";
import { titlesOf } from "./read-titles.ts";

const DEFAULT_TTL_S = 30;

/** An edge as reads show it: its fields under document 2's names, who said it and how long ago. */
export function edgeView(edge: EventOf<"edge">, id: string, receivedAt: Micros, asOf: Micros): EdgeView {
  const { type: _type, ts, v: _v, ...fields } = edge;
  return {
    ...(fields as Omit<typeof fields, "confidence">),
    timestamp: ts,
    id: edge.id ?? id,
    mode: edge.mode ?? "live",
    age_s: Math.round(Math.max(0, asOf - receivedAt) / 1000) / 1000,
  } as EdgeView;
}

const withTitle = (view: EdgeView, title: string | undefined): EdgeView =>
  title === undefined || view.title !== undefined ? view : { ...view, title };

/** Edges whose time to live (from receipt) has not passed, newest of each bot and pair, best net edge first. */
export function readEdges(state: State, asOf: Micros, mode: string | undefined): EdgeView[] {
  const newest = new Map<string, { event: EventOf<"edge">; id: string; receivedAt: Micros }>();
  for (const [key, { event, receivedAt }] of state.samples.edges)
    newest.set(key, { event, id: `s-${receivedAt}`, receivedAt });
  for (const [key, { event, seq, receivedAt }] of state.desk.edges)
    if (receivedAt >= (newest.get(key)?.receivedAt ?? 0)) newest.set(key, { event, id: `h-${seq}`, receivedAt });
  const views: EdgeView[] = [];
  const titleOf = titlesOf(state, []);
  for (const { event, id, receivedAt } of newest.values()) {
    if (mode !== undefined && (event.mode ?? "live") !== mode) continue;
    if (asOf - receivedAt > (event.ttl_s ?? DEFAULT_TTL_S) * MICROS_PER_SECOND) continue;
    views.push(withTitle(edgeView(event, id, receivedAt, asOf), titleOf(event)));
  }
  return views.sort((a, b) => b.net_edge_cents - a.net_edge_cents);
}
