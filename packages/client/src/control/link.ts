import type { Answer } from "../outcome.ts";
import { outcomeOf } from "../outcome.ts";
import type { Line, LineEnd, LineEvents, LineTarget } from "./line.ts";
import { isRecord, isState, readCommand, readOrders } from "./orders.ts";
import { openWebSocket } from "./websocket.ts";

/** Opens the WebSocket link: the hub tells at once what changes. Throws on an address that no socket takes. */
export function openLink({ route, headers, asker, timeoutMs }: LineTarget, events: LineEvents): Line {
  let heard = false;
  const line = openWebSocket(route(`/api/v1/link?${asker}`), headers, {
    onOpen: () => undefined,
    onContact: events.onContact,
    onText: (text) => {
      const frame: unknown = JSON.parse(text);
      if (!isRecord(frame)) throw new Error("the hub sent a frame that is no object");
      if (frame["op"] === "orders") heard = true;
      if (frame["op"] === "ping") line.send('{"op":"pong"}');
      else hear(frame, events);
    },
    onEnd: (why, refused) => {
      clearTimeout(timer);
      events.onEnd(refused === undefined ? { kind: "again", why } : refusal(why, refused));
    },
  });
  const timer = setTimeout(() => {
    if (!heard) line.end(`no orders in ${timeoutMs} ms`);
  }, timeoutMs);
  timer.unref();
  return {
    acknowledge: ({ commandId, error, doneAt }) =>
      line.send(JSON.stringify({ op: "ack", command_id: commandId, error, ts: doneAt })),
    probe: line.ping,
    end: line.end,
  };
}

/** What a newer hub may say besides is left alone. */
function hear(frame: Record<string, unknown>, events: LineEvents): void {
  if (frame["op"] === "orders") return events.onOrders(readOrders(frame));
  if (frame["op"] === "acked" && typeof frame["command_id"] === "string")
    return events.onAcknowledged(frame["command_id"]);
  if (frame["op"] !== "command") return undefined;
  if (!isState(frame["state"])) throw new Error("the hub told a command without a state");
  return events.onCommand(readCommand(frame), frame["state"]);
}

const KEY_REFUSED = new Set([401, 403]);

/** A proxy that lets no WebSocket through answers with almost anything. */
function refusal(why: string, answer: Answer): LineEnd {
  const outcome = outcomeOf(answer, Date.now());
  const said = "why" in outcome && outcome.why !== undefined ? outcome.why : why;
  if (KEY_REFUSED.has(answer.status)) return { kind: "slowly", why: said };
  if (answer.status === 429 || answer.status === 503)
    return { kind: "again", why: said, afterMs: outcome.kind === "retry" ? outcome.afterMs : undefined };
  return { kind: "otherwise", why: said };
}
