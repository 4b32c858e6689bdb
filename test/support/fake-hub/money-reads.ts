import type { MetricAnswer, MetricSeries, SeriesPoint } from "../../../src/protocol/api-metrics.ts";
import type { SampleMoney } from "./sample-money.ts";

/** A read of a hub: where, and what is asked. */
interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What a hub with this money answers; undefined where there is no such read. */
export function moneyRead(money: SampleMoney, { path, query }: Asked): object | undefined {
  if (path === "/api/v1/pnl/explain") {
    const [bot, to] = [query.get("bot"), query.get("to") ?? new Date().toISOString()];
    return { from: query.get("from"), to, rows: money.explained.filter((row) => bot === null || row.bot === bot) };
  }
  if (path === "/api/v1/metrics") return { metrics: money.catalogue };
  if (path === "/api/v1/summaries")
    return { days: money.days.map(({ date, is_over }) => ({ date, is_closed: is_over })) };
  if (path === "/api/v1/marks") return { marks: money.events.flatMap(noted), left_off: false };
  if (path === "/api/v1/events") return { events: money.events.filter((event) => fits(event, query)) };
  const [, kind, name = ""] = /^\/api\/v1\/(metrics|summaries)\/([^/]+)$/.exec(path) ?? [];
  if (kind === "metrics") return query.has("from") ? series(money, name, query) : metric(money, name, query);
  const summary = money.days.find(({ date }) => date === name);
  return kind === undefined || summary === undefined ? undefined : { summary };
}

const noted = ({ type, bot, ...event }: SampleMoney["events"][number]): object[] =>
  type === "annotation"
    ? [{ at: event["effective_ts"] ?? event["ts"], kind: type, text: [bot, event["title"], event["text"]].join(": ") }]
    : [];

const fits = (event: SampleMoney["events"][number], query: URLSearchParams): boolean =>
  [...query].every(([field, value]) => {
    if (field === "limit") return true;
    if (field === "from") return event.ts >= value;
    return field === "to" ? event.ts < value : event[field] === value;
  });

function metric(
  money: SampleMoney,
  name: string,
  query: URLSearchParams,
): Omit<MetricAnswer, "as_of" | "as_of_seq"> | undefined {
  const entry = money.catalogue.find((each) => each.name === name);
  if (entry === undefined) return undefined;
  const window = entry.windows.find((each) => each === query.get("window")) ?? entry.windows[0] ?? "all";
  const asked = { name, bot: query.get("bot"), mode: "live", window, unit: entry.unit } as const;
  return { ...asked, value: null, reason: "no fact of it came", n: 0, ...money.metrics[name] };
}

const HOUR_MS = 3_600_000;

/** Points at every hour; equity as the money has it, other metrics a hundredth of it. */
function series(money: SampleMoney, name: string, query: URLSearchParams): Omit<MetricSeries, "as_of" | "as_of_seq"> {
  const [from, to] = [query.get("from") ?? "", query.get("to") ?? new Date().toISOString()];
  const toMs = Date.parse(to);
  const hours = Math.min(300, Math.round((toMs - Date.parse(from)) / HOUR_MS));
  const points = Array.from({ length: hours }, (_, index): SeriesPoint => {
    const ago = hours - 1 - index;
    const equity = money.equity(ago);
    const at = (hour: number): string => new Date(toMs - hour * HOUR_MS).toISOString();
    const value = equity === null ? null : name === "equity" ? equity : equity / 1e6;
    return {
      from: at(ago + 1),
      to: at(ago),
      value,
      n: value === null ? 0 : 1,
      ...(value === null ? { reason: "no equity was reported" } : {}),
    };
  });
  const about = { name, bot: query.get("bot"), mode: "live", unit: "money", currency: "USD" } as const;
  return { ...about, from, to, step_s: 3_600, says: "end", points };
}
