import { type Answer, outcomeOf } from "../outcome.ts";
import { RequestLine } from "../request-line.ts";
import type { Line, LineEnd, LineEvents, LineTarget } from "./line.ts";
import { type Acknowledgement, isRecord, type Orders, readOrders } from "./orders.ts";

/** Between two questions while the hub has nothing new to say and does not hold the answer back either. */
const PAUSE_MS = 200;
/** Before an acknowledgement is told again that the hub cannot take in now. */
const TELL_AGAIN_MS = 500;

/** Asks for orders over and over, each time until there is news: for where no WebSocket gets through. */
export function openPoll(target: LineTarget, events: LineEvents): Line {
  return new Poll(target, events);
}

class Poll implements Line {
  readonly #target: LineTarget;
  readonly #events: LineEvents;
  readonly #asking: RequestLine;
  readonly #telling: RequestLine;
  #told: Promise<void> = Promise.resolve();
  #last = "";
  /** Acknowledgements that the hub has confirmed since the question under way was asked. */
  readonly #confirmed = new Set<string>();
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(target: LineTarget, events: LineEvents) {
    this.#target = target;
    this.#events = events;
    this.#asking = new RequestLine(target.route("/"));
    this.#telling = new RequestLine(target.route("/"));
    void this.#ask(0);
  }

  readonly probe = (): void => undefined;

  readonly acknowledge = (acknowledgement: Acknowledgement): void => {
    this.#told = this.#told.then(() => this.#tell(acknowledgement));
  };

  readonly end = (why: string): void => this.#over({ kind: "again", why });

  async #ask(waitS: number): Promise<void> {
    const { asker, timeoutMs, holdS } = this.#target;
    try {
      const since = this.#since === undefined ? "" : `&since=${this.#since}`;
      const request = requestText(this.#target, `/api/v1/commands?${asker}&wait=${waitS}${since}`, undefined);
      this.#confirmed.clear();
      const answer = await this.#asking.send(request, timeoutMs + waitS * 1000);
      if (this.#ended) return;
      if (answer.status !== 200) return this.#over(refusal(answer));
      const fresh = this.#take(answer.body);
      const pauseMs = fresh && holdS > 0 ? 0 : PAUSE_MS;
      this.#timer = setTimeout(() => void this.#ask(holdS), pauseMs);
      this.#timer.unref();
    } catch (error) {
      this.#over({ kind: "again", why: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Whether there was news. */
  #take(body: string): boolean {
    const value: unknown = JSON.parse(body);
    if (!isRecord(value)) throw new Error("the hub told no orders that can be read");
    const read = readOrders(value);
    const commands = read.commands.filter(({ command_id }) => !this.#confirmed.has(command_id));
    const orders = { ...read, commands };
    this.#since = typeof value["as_of_seq"] === "number" ? value["as_of_seq"] : undefined;
    this.#events.onContact();
    const now = textOf(orders);
    if (now === this.#last && orders.commands.length > 0) return false;
    this.#last = now;
    this.#events.onOrders(orders);
    return true;
  }

  async #tell({ commandId, error, doneAt }: Acknowledgement): Promise<void> {
    const { bot, timeoutMs } = this.#target;
    const body = JSON.stringify({ bot, error, ts: doneAt });
    try {
      const request = requestText(this.#target, `/api/v1/commands/${encodeURIComponent(commandId)}/ack`, body);
      while (!this.#ended) {
        const answer = await this.#telling.send(request, timeoutMs);
        if (this.#ended) return;
        if (TAKEN.has(answer.status)) {
          this.#confirmed.add(commandId);
          return this.#events.onAcknowledged(commandId);
        }
        const end = refusal(answer);
        if (end.kind !== "again") return this.#over(end);
        // The hub is there and its store is not: what it has to say next is heard meanwhile.
        await pause(Math.max(TELL_AGAIN_MS, end.afterMs ?? 0));
      }
    } catch (failure) {
      this.#over({ kind: "again", why: failure instanceof Error ? failure.message : String(failure) });
    }
  }

  #over(end: LineEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#asking.close();
    this.#telling.close();
    this.#events.onEnd(end);
  }
}

/** A hub that knows no such command, or none for this bot, wants no answer to it. */
const TAKEN = new Set([200, 202, 204, 403, 404, 409]);

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

const textOf = ({ state, venues, commands }: Orders): string => JSON.stringify([state, [...venues], commands]);

function refusal(answer: Answer): LineEnd {
  const outcome = outcomeOf(answer, Date.now());
  const why = "why" in outcome && outcome.why !== undefined ? outcome.why : String(answer.status);
  if (outcome.kind === "retry") return { kind: "again", why, afterMs: outcome.afterMs };
  return { kind: "slowly", why };
}

/** Asks for what is at the path, or posts the body there. */
function requestText({ route, headers }: LineTarget, path: string, body: string | undefined): string {
  const url = route(path);
  const said = body === undefined ? headers : { ...headers, "content-type": "application/json" };
  const lines = Object.entries(said).map(([name, value]) => `${name}: ${value}`);
  const length = body === undefined ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const method = body === undefined ? "GET" : "POST";
  const head = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`, "accept: application/json"];
  return `${[...head, ...lines, ...length].join("\r\n")}\r\n\r\n${body ?? ""}`;
}
