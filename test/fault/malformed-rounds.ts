import { Agent } from "node:http";
import { z } from "zod";
import { MalformedRequests } from "../support/malformed.ts";
import { problemOf } from "../support/problem-of.ts";
import { callRaw, type RawAnswer } from "../support/raw-http.ts";

export interface MalformedOptions {
  readonly url: string;
  readonly seed: number;
  readonly requests: number;
  readonly onProgress?: (done: number) => void;
}

export interface MalformedResult {
  /** Requests that were answered as no request may be, with their bodies. */
  readonly faults: readonly string[];
  /** Ids of all good events that stood among the bad. */
  readonly good: readonly string[];
  /** Refused events that the answers told of. */
  readonly refused: number;
  readonly statuses: ReadonlyMap<number, number>;
}

const CLIENTS = 4;
const FAULTS_KEPT = 10;
const answerShape = z.object({
  accepted: z.int(),
  sampled: z.int(),
  rejected: z.array(z.object({ index: z.int(), code: z.string(), path: z.string(), message: z.string().min(1) })),
});

/** Sends malformed requests and judges each answer: told in words, never a bug of the hub. */
export async function malformedRounds(options: MalformedOptions): Promise<MalformedResult> {
  const result = { faults: [] as string[], good: [] as string[], refused: 0, statuses: new Map<number, number>() };
  let left = options.requests;
  const client = async (number: number): Promise<void> => {
    const requests = new MalformedRequests(options.seed * 10 + number, `${options.seed}-${number}`);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (; left > 0 && result.faults.length < FAULTS_KEPT; left--) {
      const { what, body, contentType, good } = requests.next();
      result.good.push(...good);
      const headers = contentType === undefined ? {} : { "content-type": contentType };
      const answer = await callRaw(options.url, { path: "/api/v1/events", headers, body, agent });
      result.statuses.set(answer.status, (result.statuses.get(answer.status) ?? 0) + 1);
      const judged = judge(answer, good.length);
      if (typeof judged === "number") result.refused += judged;
      else result.faults.push(`${what}: ${judged}\n  ${contentType}: ${body.toString("latin1").slice(0, 2_000)}`);
      options.onProgress?.(options.requests - left + 1);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  return result;
}

/** How many events were refused, or what is wrong with the answer. */
function judge(answer: RawAnswer, good: number): number | string {
  const { status, text } = answer;
  if (status === 200) {
    const { accepted, sampled, rejected } = answerShape.parse(JSON.parse(text));
    return accepted + sampled < good
      ? `only ${accepted} of ${good} good events were accepted: ${text}`
      : rejected.length;
  }
  if (status < 400 || status >= 500 || status === 429) return `${status} ${text}`;
  if (good > 0) return `${good} good events were refused with the bad ones: ${status} ${text}`;
  const { detail } = problemOf(answer);
  return detail === "" ? `${status} without a reason` : 0;
}
