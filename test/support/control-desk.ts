import { ensure } from "../../src/base/assert.ts";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import type { CommandView, ControlRequest } from "../../src/protocol/api-control.ts";
import { scratchHub, sendTo } from "./scratch-hub.ts";
import { waitUntil } from "./wait-until.ts";

export interface Called<T> {
  readonly status: number;
  readonly body: T;
}

const now = (): string => new Date().toISOString();

const ORDER = { type: "order.placed", venue: "kraken", symbol: "BTC-USD", side: "buy", price: "100", size: "1" };

/** The right to control the hub that runs on a data directory now, and what bots say to it. */
export function controllerOf({ url, dataDir }: { readonly url: string; readonly dataDir: string }) {
  const { token } = ensure(readLocalAccess(dataDir), "the local token");
  const authorization = `Bearer ${token}`;
  const call = async <T>(path: string, body?: object, headers: object = { authorization }): Promise<Called<T>> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, {
      headers: { "content-type": "application/json", ...headers },
      ...init,
    });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const command = async (id: string): Promise<CommandView> =>
    (await call<{ command: CommandView }>(`/api/v1/controls/${id}`)).body.command;
  return {
    url,
    token,
    call,
    command,
    issue: <T = { command: CommandView }>(request: ControlRequest): Promise<Called<T>> =>
      call<T>("/api/v1/controls", request),
    /** Waits until a command reads as it should. */
    until: (id: string, state: CommandView["state"]): Promise<void> =>
      waitUntil(`${id} is ${state}`, async () => (await command(id)).state === state),
    start: (bot: string, strategy: string, more: object = {}): Promise<void> =>
      sendTo(url, [{ type: "bot.started", bot, ts: now(), status: "running", strategy, ...more }]),
    place: (bot: string, orderId: string, more: object = {}): Promise<void> =>
      sendTo(url, [{ ...ORDER, bot, ts: now(), order_id: orderId, ...more }]),
  };
}

/** A whole hub in this process with the right to control it. */
export async function controlDesk() {
  const hub = await scratchHub();
  return { ...hub, ...controllerOf(hub) };
}
