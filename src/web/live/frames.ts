import type { BotView, EdgeView, ExposureAnswer, FillView, HealthAnswer, RejectedRow } from "../../protocol/api.ts";
import type { CommandAnswer, CommandView, ControlEffect, ControlsAnswer } from "../../protocol/api-control.ts";
import type { DiagnosisAnswer } from "../../protocol/api-attribution.ts";
import type { CompareAnswer } from "../../protocol/api-compare.ts";
import type { EdgeHistoryAnswer } from "../../protocol/api-edges.ts";
import type { AssetsAnswer, ExecutionAnswer, MarkoutsAnswer } from "../../protocol/api-execution.ts";
import type { StatisticsAnswer } from "../../protocol/api-statistics.ts";
import type { ExplainAnswer, PerformanceAnswer } from "../../protocol/api-money.ts";
import type { CatalogueAnswer, MetricAnswer, MetricSeries } from "../../protocol/api-metrics.ts";
import type { MarksAnswer } from "../../protocol/api-marks.ts";
import type { DeskAnswer, ImportView, ReplayView, SessionView } from "../../protocol/api-sessions.ts";
import type { DaySummary, SummaryDay } from "../../protocol/api-summaries.ts";
import type { OpportunityView, OrderbookView, OrderView, PositionsAnswer } from "../../protocol/api-trading.ts";
import { type Fields, hold, isCursor, isFields, isList } from "./shapes.ts";

export const isBots = (data: unknown): data is BotView[] =>
  isList(data, (bot) => typeof bot["bot"] === "string" && Array.isArray(bot["contacts_per_minute"]));

export const isEdges = (data: unknown): data is EdgeView[] =>
  isList(data, (edge) => typeof edge["pair_id"] === "string" && typeof edge["net_edge_cents"] === "number");

export const isFill = (data: unknown): data is FillView =>
  isFields(data) && typeof data["seq"] === "number" && typeof data["timestamp"] === "string";

export const isFills = (data: unknown): data is FillView[] => isList(data, isFill);

export const isRejected = (data: unknown): data is RejectedRow =>
  isFields(data) && typeof data["code"] === "string" && typeof data["at"] === "string";

export const isRejectedList = (data: unknown): data is RejectedRow[] => isList(data, isRejected);

export const isExposure = (data: unknown): data is ExposureAnswer =>
  isFields(data) && Array.isArray(data["by_venue"]) && isFields(data["total"]);

export const isHealth = (data: unknown): data is HealthAnswer =>
  isFields(data) && Array.isArray(data["venues"]) && isFields(data["hub"]);

const isPosition = (item: Fields): boolean => hold("string", "bot", "venue", "symbol", "size", "account")(item);

const isEventPosition = (item: Fields): boolean =>
  hold("string", "event_id", "mode")(item) &&
  (item["net_size"] === null || hold("number", "net_size")(item)) &&
  isList(item["venues"], hold("string", "venue"));

export const isPositions = (data: unknown): data is PositionsAnswer =>
  isFields(data) &&
  isList(data["positions"], isPosition) &&
  isList(data["by_event"], isEventPosition) &&
  isFields(data["limits"]) &&
  hold("number", "low_usd", "high_usd")(data["limits"]);

const isMeasure = (data: unknown): boolean => isFields(data) && hold("number", "n")(data);

const MEASURES = ["win_rate_pct", "expectancy", "profit_factor", "payoff", "avg_holding_hours"];

const isPerformanceRow = (row: Fields): boolean =>
  hold("string", "bot", "mode", "currency")(row) &&
  hold("number", "volume", "fills")(row) &&
  isMeasure(row["maker_ratio"]) &&
  isFields(row["trades"]) &&
  hold("number", "closed", "wins", "losses")(row["trades"]) &&
  MEASURES.every((name) => isFields(row["trades"]) && isMeasure(row["trades"][name]));

const isEquityRow = (row: Fields): boolean =>
  hold("string", "bot", "mode", "at")(row) &&
  hold("number", "equity")(row) &&
  [row["drawdown"], row["max_drawdown"], row["daily_loss"]].every(isMeasure);

/** The answer of `GET /api/v1/performance`, and what the topic of that name says. */
export const isPerformance = (data: unknown): data is PerformanceAnswer =>
  isFields(data) &&
  hold("string", "window")(data) &&
  isList(data["rows"], isPerformanceRow) &&
  isList(data["equity"], isEquityRow) &&
  isFields(data["total"]);

/** The answer of `GET /api/v1/metrics`. */
export const isCatalogue = (data: unknown): data is CatalogueAnswer =>
  isFields(data) &&
  isList(
    data["metrics"],
    (entry) =>
      hold("string", "name", "title", "help", "unit", "sign", "formula", "format")(entry) &&
      [entry["windows"], entry["scopes"], entry["prometheus"]].every(Array.isArray),
  );

/** The answer of `GET /api/v1/metrics/{name}`. */
export const isMetric = (data: unknown): data is MetricAnswer =>
  isMeasure(data) && isFields(data) && hold("string", "name", "window")(data);

/** The answer of `GET /api/v1/metrics/{name}` over time. */
export const isMetricSeries = (data: unknown): data is MetricSeries =>
  isFields(data) &&
  hold("string", "name", "from", "to")(data) &&
  isList(data["points"], (point) => hold("string", "to")(point) && hold("number", "n")(point));

/** The answer of `GET /api/v1/pnl/explain`. */
export const isExplained = (data: unknown): data is ExplainAnswer =>
  isFields(data) &&
  hold("string", "from", "to")(data) &&
  isList(data["rows"], hold("string", "bot", "mode", "currency"));

/** The answer of `GET /api/v1/summaries`. */
export const isSummaryDays = (data: unknown): data is { days: SummaryDay[] } =>
  isFields(data) && isList(data["days"], hold("string", "date"));

const isSection = (section: unknown): boolean =>
  isFields(section) &&
  hold("string", "mode", "currency")(section) &&
  [section["costs"], section["trades"], section["execution"]].every(isFields) &&
  [section["time_in_market_pct"], section["avg_slippage_bps"]].every(isMeasure);

/** The answer of `GET /api/v1/summaries/{date}`. */
export const isDaySummary = (data: unknown): data is { summary: DaySummary } =>
  isFields(data) &&
  isFields(data["summary"]) &&
  hold("string", "date")(data["summary"]) &&
  isSection(data["summary"]["desk"]) &&
  isList(data["summary"]["bots"], isSection);

const isOpportunity = (data: unknown): boolean =>
  isFields(data) &&
  hold("string", "opportunity_id", "bot", "timestamp", "action")(data) &&
  hold("number", "seq")(data) &&
  isList(data["steps"], hold("string", "action", "at"));

export const isOpportunities = (data: unknown): data is OpportunityView[] => isList(data, isOpportunity);

const isLevels = (data: unknown): boolean =>
  Array.isArray(data) && data.every((level) => Array.isArray(level) && level.length === 2);

export const isOrderbook = (data: unknown): data is OrderbookView =>
  isFields(data) &&
  hold("string", "venue", "symbol", "bot")(data) &&
  hold("number", "age_ms")(data) &&
  isFields(data["depth"]) &&
  isLevels(data["bids"]) &&
  isLevels(data["asks"]);

export const isOrderbooks = (data: unknown): data is OrderbookView[] => isList(data, isOrderbook);

const isImport = (item: Fields): boolean =>
  hold("string", "import_id", "via", "started_at")(item) &&
  hold("number", "accepted", "refused")(item) &&
  isFields(item["events"]) &&
  [item["files"], item["reasons"], item["refusals"]].every(Array.isArray);

export const isImports = (data: unknown): data is ImportView[] => isList(data, isImport);

/** The answer of `GET /api/v1/imports`. */
export const isImportsAnswer = (data: unknown): data is { imports: ImportView[] } =>
  isFields(data) && isImports(data["imports"]);

export const isReplay = (data: unknown): data is ReplayView =>
  isFields(data) &&
  hold("string", "replay_id", "state")(data) &&
  hold("number", "revision", "at_seq", "events", "played")(data);

/** A page of `GET /api/v1/fills`. */
export const isFillsPage = (data: unknown): data is { fills: FillView[]; next_cursor?: string } =>
  isFields(data) && isFills(data["fills"]) && isCursor(data["next_cursor"]);

const isOrder = hold("string", "bot", "venue", "symbol", "side", "size", "filled_size", "status", "placed_at");

/** A page of `GET /api/v1/orders`. */
export const isOrdersPage = (data: unknown): data is { orders: OrderView[]; next_cursor?: string } =>
  isFields(data) && isList(data["orders"], isOrder) && isCursor(data["next_cursor"]);

/** An event of the log, as it was stored. */
export type EventRecord = Fields & { readonly seq: number; readonly type: string; readonly bot: string };

/** A page of `GET /api/v1/events`. */
export const isEventsPage = (data: unknown): data is { events: EventRecord[]; next_cursor?: string } =>
  isFields(data) &&
  isList(data["events"], (event) => hold("string", "type", "bot")(event) && hold("number", "seq")(event)) &&
  isCursor(data["next_cursor"]);

const isEdgePoint = (point: Fields): boolean =>
  hold("string", "from", "to")(point) && hold("number", "min_cents", "max_cents", "last_cents")(point);

/** The answer of `GET /api/v1/edges/history`. */
export const isEdgeHistory = (data: unknown): data is EdgeHistoryAnswer =>
  isFields(data) &&
  hold("string", "from", "to", "samples_from")(data) &&
  hold("number", "step_s")(data) &&
  isList(
    data["lines"],
    (line) =>
      hold("string", "bot", "pair_id", "primary_market", "hedge_market")(line) && isList(line["points"], isEdgePoint),
  );

/** What is marked on charts, of `GET /api/v1/marks`. */
export const isMarks = (data: unknown): data is MarksAnswer =>
  isFields(data) &&
  isList(data["marks"], hold("string", "at", "kind", "text")) &&
  typeof data["left_off"] === "boolean";

const isSession = (item: Fields): boolean =>
  hold("string", "session_id", "bot", "from")(item) && hold("number", "facts", "fills")(item);

/** A page of `GET /api/v1/sessions`. */
export const isSessionsPage = (data: unknown): data is { sessions: SessionView[]; next_cursor?: string } =>
  isFields(data) && isList(data["sessions"], isSession) && isCursor(data["next_cursor"]);

export const isReplays = (data: unknown): data is { replays: ReplayView[] } =>
  isFields(data) && isList(data["replays"], isReplay);

export const isDesk = (data: unknown): data is DeskAnswer => isFields(data) && hold("string", "kind", "version")(data);

/** The counts of `GET /api/v1/rejected`. */
export const isRejectedCounts = (
  data: unknown,
): data is { counts: { bot: string | null; code: string; count: number }[] } =>
  isFields(data) && isList(data["counts"], (row) => hold("string", "code")(row) && hold("number", "count")(row));

export const isDemoStarted = (data: unknown): data is { url: string } => isFields(data) && hold("string", "url")(data);

const isCourse = (item: Fields): boolean =>
  hold("string", "bot")(item) && hold("number", "orders_since")(item) && Array.isArray(item["late"]);

const isCommand = (item: Fields): item is Fields & CommandView =>
  hold("string", "command_id", "action", "reason", "by", "via", "issued_at", "state", "proof")(item) &&
  isFields(item["target"]) &&
  isList(item["bots"], isCourse);

const isHeld = (item: unknown): boolean =>
  isFields(item) && hold("string", "state")(item) && Array.isArray(item["command_ids"]);

/** The answer of `GET /api/v1/controls`. */
export const isControls = (data: unknown): data is ControlsAnswer =>
  isFields(data) &&
  isHeld(data["desk"]) &&
  [data["bots"], data["strategies"], data["venues"]].every((list) => isList(list, isHeld)) &&
  isList(data["commands"], isCommand) &&
  isCursor(data["next_cursor"]);

/** The answer of `POST /api/v1/controls/preview`. */
export const isEffect = (data: unknown): data is ControlEffect =>
  isFields(data) &&
  hold("string", "summary")(data) &&
  [data["bots"], data["unreachable"], data["still"]].every(Array.isArray);

/** The answer of `POST /api/v1/controls`. */
export const isCommandAnswer = (data: unknown): data is CommandAnswer =>
  isFields(data) && isFields(data["command"]) && isCommand(data["command"]) && isEffect(data["effect"]);

/** The answer of `GET /api/v1/statistics`. */
export const isStatistics = (data: unknown): data is StatisticsAnswer =>
  isFields(data) &&
  isList(data["statistics"], hold("string", "name", "title", "unit", "formula")) &&
  isList(data["daily"], hold("string", "date")) &&
  isFields(data["rolling"]) &&
  isList(data["rolling"]["points"], hold("string", "date")) &&
  isList(data["trends"], hold("string", "name"));

const isMarkoutPoint = (point: Fields): boolean =>
  hold("number", "horizon_s", "n")(point) &&
  [point["mean_bps"], point["median_bps"], point["mean_net_bps"], point["mean_drift_bps"]].every(isMeasure);

const isMarkoutGroup = (group: unknown): boolean =>
  isFields(group) && hold("string", "key")(group) && isList(group["curve"], isMarkoutPoint);

/** The answer of `GET /api/v1/markouts`. */
export const isMarkouts = (data: unknown): data is MarkoutsAnswer =>
  isFields(data) && isMarkoutGroup(data["all"]) && isList(data["groups"], isMarkoutGroup);

/** The answer of `GET /api/v1/execution`. */
export const isExecution = (data: unknown): data is ExecutionAnswer =>
  isFields(data) &&
  isFields(data["quotes"]) &&
  isFields(data["orders"]) &&
  isList(data["unfilled"], hold("string", "reason"));

/** The answer of `GET /api/v1/performance/assets`. */
export const isAssets = (data: unknown): data is AssetsAnswer =>
  isFields(data) &&
  isList(
    data["rows"],
    (row) =>
      hold("string", "venue", "symbol", "currency")(row) &&
      isMeasure(row["win_rate_pct"]) &&
      Array.isArray(row["markouts"]),
  );

/** The answer of `GET /api/v1/diagnosis`. */
export const isDiagnosis = (data: unknown): data is DiagnosisAnswer =>
  isFields(data) &&
  isList(data["findings"], hold("string", "code", "bot", "text", "threshold")) &&
  isList(data["unsaid"], hold("string", "code", "bot", "reason"));

/** The answer of `GET /api/v1/compare`. */
export const isCompare = (data: unknown): data is CompareAnswer =>
  isFields(data) &&
  isFields(data["a"]) &&
  isFields(data["b"]) &&
  isList(data["spans"], hold("string", "label")) &&
  isList(data["metrics"], (row) => hold("string", "name", "title")(row) && isFields(row["a"]) && isFields(row["b"]));
