import { centsOf } from "../arbitrage-attempt.ts";
import { type ExecutionLine, Executions, executionTime, isoAt } from "../arbitrage-executions.ts";
import { type LogLine, parseLogLine } from "../arbitrage-log-line.ts";
import {
  ARBITRAGE_BOT,
  ArbitrageMarkets,
  type Envelope,
  eventIdOf,
  intervalAround,
  symbolOf,
} from "../arbitrage-market.ts";
import { Occurrences, Told } from "../content-id.ts";
import { type ImportFormat, type ImportInput, type ImportItem, mapped, refused, told } from "../format.ts";
import { headLines, LINE_CHARS_MAX, linesOf } from "../lines.ts";
import type { Micros } from "../../base/time.ts";

/** The event log of the Polymarket–Kalshi arbitrage bot, one JSON object a line: `{ ts, event, log, data }`. */
export const arbitrageEvents: ImportFormat = {
  name: "arbitrage-events",
  about: "execution_events.jsonl of the Polymarket-Kalshi arbitrage bot, one log event a line",
  detect: (head) => headLines(head).some((line) => parseLogLine(line).ok),
  open,
};

async function* open(input: ImportInput): AsyncGenerator<ImportItem, void> {
  const { bot = ARBITRAGE_BOT, mode = "live" } = input.options;
  const log = new ArbitrageLog({ bot, mode, strategy: "arbitrage" });
  for await (const { line, text } of linesOf(input.chunks)) {
    input.rowRead();
    if (text === undefined) {
      yield refused(line, `longer than ${LINE_CHARS_MAX} characters`);
      continue;
    }
    const parsed = parseLogLine(text);
    if (!parsed.ok) yield refused(line, parsed.error.reason, parsed.error.detail);
    else yield* mapped(line, () => log.take(line, parsed.value, text));
  }
  yield* log.end();
}

/** The part of a log line that belongs to no execution, and what lines say together. */
class ArbitrageLog {
  readonly #envelope: Envelope;
  readonly #markets = new ArbitrageMarkets();
  readonly #executions: Executions;
  readonly #occurrences = new Occurrences();
  readonly #logs = new Told();
  #haltedAt: Micros | undefined;

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
    this.#executions = new Executions(envelope);
  }

  take(line: number, said: LogLine, text: string): ImportItem[] {
    return [...this.#runItems(line, said), ...this.#lineItems(line, said, text)];
  }

  end(): ImportItem[] {
    return this.#executions.end();
  }

  /** The bot opens a new log file each time it starts, and trades again after a kill switch without a word. */
  #runItems(line: number, said: LogLine): ImportItem[] {
    if (said.log !== undefined && this.#logs.isNew(said.log)) {
      this.#haltedAt = undefined;
      const run = { type: "bot.started", status: "running", log: said.log };
      return [this.#event(line, said, `log:${said.log}`, run)];
    }
    if (said.event !== "EXECUTION_START" || this.#haltedAt === undefined) return [];
    const id = said.data.executionId;
    if ((executionTime(id) ?? said.at) <= this.#haltedAt) return [];
    this.#haltedAt = undefined;
    const state = { type: "bot.state", status: "running", reason: "it trades again after its kill switch" };
    return [this.#event(line, said, `${id}:resumed`, state)];
  }

  #lineItems(line: number, said: LogLine, text: string): ImportItem[] {
    switch (said.event) {
      case "OPPORTUNITY":
        return this.#opportunity(line, said, this.#occurrences.idOf(text));
      case "COOLDOWN": {
        const note = {
          type: "annotation",
          title: "Cooldown",
          text: said.data.reason,
          duration_ms: said.data.durationMs,
        };
        return [this.#event(line, said, `cooldown:${this.#occurrences.idOf(text)}`, note)];
      }
      case "KILL_SWITCH":
        return this.#killSwitch(line, said, this.#occurrences.idOf(text));
      case "BTC_PRICE": {
        const gauge = { type: "metric", name: "btc_price", value: said.data.price, unit: "USD" };
        return [this.#event(line, said, `btc:${this.#occurrences.idOf(text)}`, gauge)];
      }
      default:
        return this.#execution(line, said);
    }
  }

  #execution(line: number, said: ExecutionLine): ImportItem[] {
    const items: ImportItem[] = [];
    if (said.event === "EXECUTION_START") {
      const { executionId, intervalKey } = said.data;
      const interval = intervalAround(intervalKey, executionTime(executionId) ?? said.at);
      items.push(...this.#markets.tell(line, this.#envelope, interval));
    }
    items.push(...this.#executions.take(line, said));
    return items;
  }

  #opportunity(line: number, said: Extract<LogLine, { event: "OPPORTUNITY" }>, id: string): ImportItem[] {
    const { intervalKey, edgeNet, edgeGross, cost, legs } = said.data;
    const interval = intervalAround(intervalKey, said.at);
    const eventId = eventIdOf(interval);
    const found = {
      type: "opportunity",
      opportunity_id: `opp_${id}`,
      event_id: eventId,
      pair_id: eventId,
      action: "detected",
      edge_cents: centsOf(edgeNet),
      edge_gross_cents: edgeGross === undefined ? undefined : centsOf(edgeGross),
      cost,
      legs: legs.map(({ venue, side, price, size }) => ({ venue, symbol: symbolOf(interval, side), price, size })),
    };
    const markets = this.#markets.tell(line, this.#envelope, interval);
    return [...markets, this.#event(line, said, `opp_${id}:detected`, found)];
  }

  #killSwitch(line: number, said: Extract<LogLine, { event: "KILL_SWITCH" }>, id: string): ImportItem[] {
    this.#haltedAt = said.at;
    const { dailyLoss, maxDailyLoss, trigger } = said.data;
    const halt = {
      type: "bot.state",
      status: "halted",
      reason: `kill switch: ${trigger}`.slice(0, 1024),
      daily_loss: dailyLoss,
      daily_loss_limit: maxDailyLoss,
    };
    const items = [this.#event(line, said, `kill:${id}`, halt)];
    if (dailyLoss < maxDailyLoss) return items;
    const breach = {
      type: "threshold_breach",
      metric: "daily_loss",
      value: dailyLoss,
      limit: maxDailyLoss,
      severity: "critical",
    };
    return [...items, this.#event(line, said, `kill:${id}:breach`, breach)];
  }

  #event(line: number, said: LogLine, id: string, fields: { type: string } & Record<string, unknown>): ImportItem {
    return told(line, { ...this.#envelope, ts: isoAt(said), id, ...fields });
  }
}
