import { setTimeout as delay } from "node:timers/promises";
import { eventsAnswer } from "../../protocol/api.ts";
import { readHub } from "../commands/hub-answer.ts";
import type { HubAddress } from "../commands/hub-options.ts";
import { EVENTS } from "./parts.ts";

type Statement = Readonly<Record<string, unknown>>;

/** Events read at once: what adds to facts one after another, such as a second file of the same fills, asks rarely. */
const WINDOW_EVENTS = 200;
const TRIES = 30;
const WAIT_MS = 1_000;
const TOO_MANY = 429;

/** The hub does not give the first statement of a fact; said in words for whoever typed the command. */
export class StatementMissing extends Error {
  override readonly name = "StatementMissing";
}

/** Looks up first statements by their `seq`. Waits when the hub asks for patience; rejects with `StatementMissing`. */
export function firstStatements(hub: HubAddress): (seq: number) => Promise<Statement> {
  let window: ReadonlyMap<number, Statement> = new Map();
  return async (seq) => {
    if (!window.has(seq)) window = await windowFrom(hub, seq);
    const found = window.get(seq);
    if (found === undefined)
      throw new StatementMissing(`the hub does not give the event ${seq}, which a later one adds to`);
    return found;
  };
}

async function windowFrom(hub: HubAddress, seq: number): Promise<ReadonlyMap<number, Statement>> {
  const query = { cursor: seq - 1, limit: WINDOW_EVENTS, mode: "all", format: "json" };
  for (let attempt = 1; ; attempt++) {
    const body = await readHub(hub, EVENTS.path, query);
    if (body.ok) return new Map(eventsAnswer.parse(JSON.parse(body.value)).events.map((event) => [event.seq, event]));
    if (body.error.status !== TOO_MANY || attempt === TRIES) throw new StatementMissing(body.error.message);
    await delay(WAIT_MS);
  }
}
