import type { BotView, EdgeView, ExposureAnswer, FillView, HealthAnswer, RejectedRow } from "../../protocol/api.ts";

/**
 * What the stream carries is `unknown` until its shape was looked at. The hub checks its own answers against the
 * schemas; here only what a screen would trip over is checked, since the schemas would double the size of the page.
 */
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isList = (value: unknown, holds: (item: Fields) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => isFields(item) && holds(item));

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

/** A page of `GET /api/v1/fills`. */
export const isFillsPage = (data: unknown): data is { fills: FillView[]; next_cursor?: string } =>
  isFields(data) && isFills(data["fills"]) && ["string", "undefined"].includes(typeof data["next_cursor"]);
