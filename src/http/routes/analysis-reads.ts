import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { NothingToCompare } from "../../hub/analysis/compare.ts";
import type { Query } from "../../hub/query.ts";
import { tradingMode } from "../../protocol/api.ts";
import { attributionAnswer, diagnosisAnswer } from "../../protocol/api-attribution.ts";
import { compareAnswer, compareBy } from "../../protocol/api-compare.ts";
import { statisticsAnswer } from "../../protocol/api-statistics.ts";
import { botName } from "../../protocol/fields.ts";
import { madeInTurn } from "../made-in-turn.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer, timeParam } from "../read-route.ts";

const confidenceParam = z.coerce
  .number()
  .min(0.5)
  .max(0.999)
  .default(0.95)
  .describe("of tails, intervals and tests; 0.95 when absent");
const botParam = botName.optional().describe("the whole desk when absent");
const ownMode = tradingMode.optional().describe("the store's own mode when absent: modes are never added");

/** The reads of what daily returns and fills say. */
export function registerAnalysisReads(app: FastifyInstance, query: Query): void {
  addStatistics(app, query);
  addAttribution(app, query);
  addDiagnosis(app, query);
  addCompare(app, query);
}

const READ = { tag: "reads", access: "read" } as const;

function addStatistics(app: FastifyInstance, query: Query): void {
  addRead(app, {
    ...READ,
    url: "/api/v1/statistics",
    summary: "What daily returns say: Sharpe, drawdowns, tails, how sure it is, rolling windows and trends",
    description:
      "From the equity of whole UTC days, what came in taken out, 365 days a year. What speaks of what is likely needs 20 " +
      "days, and says how many there are; what happened is told at once. Drawdowns are ≥ 0; value at risk and shortfall " +
      "are returns of a day, a loss is < 0. The definitions are those of `deskwatch report`.",
    query: z.strictObject({
      bot: botParam,
      mode: ownMode,
      from: timeParam("from the first UTC day that begins then or later; 90 days before the end when absent"),
      to: timeParam("to the last UTC day that ended by then, now when absent"),
      confidence: confidenceParam,
      trials: z.coerce
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .describe("how many strategies were tried, those given up too: for the deflated Sharpe ratio"),
      rolling_days: z.coerce.number().int().min(5).max(365).default(30).describe("of rolling windows; 30 when absent"),
    }),
    answer: jsonAnswer(statisticsAnswer),
    handler: ({ rolling_days: rollingDays, ...filter }) => {
      known(query, filter.bot);
      return madeInTurn(() => query.statistics({ ...filter, rollingDays }));
    },
  });
}

function addAttribution(app: FastifyInstance, query: Query): void {
  addRead(app, {
    ...READ,
    url: "/api/v1/attribution",
    summary: "Where profit came from: signal, execution and cost, by bot, day and instrument",
    description:
      "net = signal + execution + cost + residual. signal: from the mid at arrival of each entry to that of its exit; " +
      "execution: −Σ slippage of what was closed, both ends; cost: −fees + funding. What is still held is apart, in " +
      "`open`, at the marks of the two ends. Fills without `arrival_mid`, neither their own nor of their order, cannot be " +
      "parted: they are the residual, counted and named. Reads the stored fills of each bot one after the other, which " +
      "takes seconds the first time where there are very many.",
    query: z.strictObject({
      bot: botName.optional().describe("every bot when absent"),
      mode: ownMode,
      ...rangeParams,
    }),
    answer: jsonAnswer(attributionAnswer),
    handler: (filter) => {
      known(query, filter.bot);
      return madeInTurn(() => query.attribution(filter));
    },
  });
}

function addDiagnosis(app: FastifyInstance, query: Query): void {
  addRead(app, {
    ...READ,
    url: "/api/v1/diagnosis",
    summary: "What seems wrong, in words with its evidence; silent where too little is known",
    description:
      "Each finding names its value, interval, n and the threshold that was met; `unsaid` names what could not be judged " +
      "and why. The thresholds: docs/reference/analysis.md.",
    query: z.strictObject({
      bot: botName.optional().describe("every bot when absent"),
      mode: ownMode,
      from: timeParam("the first moment; 7 days before the end when absent"),
      to: rangeParams.to,
    }),
    answer: jsonAnswer(diagnosisAnswer),
    handler: (filter) => {
      known(query, filter.bot);
      return madeInTurn(() => query.diagnosis(filter));
    },
  });
}

function addCompare(app: FastifyInstance, query: Query): void {
  addRead(app, {
    ...READ,
    url: "/api/v1/compare",
    summary: "One side of a bot's life against another: periods, versions, live against paper",
    description:
      "Each metric of both sides, their difference with its interval, and whether chance alone would make one as large, " +
      "with the test stated. `by=period`: a range against the one of the same length before it. `by=version`: spans of " +
      "one version and configuration, as `bot.started` says them, parted by annotations too. `by=mode`: live against " +
      "paper (or `against`) in one range, with the band in which chance alone leaves the live one.",
    query: z.strictObject({
      bot: botName,
      mode: ownMode,
      by: compareBy.default("period").describe("`period` when absent"),
      from: timeParam("of periods and modes: 30 days before the end when absent"),
      to: rangeParams.to,
      a: labelParam("of versions: the label of the span that is compared with; the one before `b` when absent"),
      b: labelParam("of versions: the label of the span that is looked at; the newest when absent"),
      against: tradingMode.optional().describe("of modes: paper when absent"),
      confidence: confidenceParam,
    }),
    answer: jsonAnswer(compareAnswer),
    handler: (filter) => {
      known(query, filter.bot);
      return madeInTurn(() => query.compare(filter).catch(refused));
    },
  });
}

const labelParam = (what: string) => z.string().max(256).optional().describe(what);

function refused(error: unknown): never {
  if (error instanceof NothingToCompare) throw new ProblemError("invalid_request", { detail: `${error.message}.` });
  throw error;
}

const rangeParams = {
  from: timeParam("the first moment; 00:00 UTC of today when absent"),
  to: timeParam("the moment that it ends before; now when absent"),
};

function known(query: Query, bot: string | undefined): void {
  if (bot !== undefined && query.bot(bot) === undefined)
    throw new ProblemError("not_found", { detail: `No bot called ${bot} has spoken here.` });
}
