import { z } from "zod";
import { callRaw, type RawAnswer } from "./raw-http.ts";

const problemShape = z.object({ status: z.int(), code: z.string(), detail: z.string(), request_id: z.string() });

/** The problem document of an answer; throws when it is none, or says another status than its answer. */
export function problemOf({ status, headers, text }: RawAnswer): z.infer<typeof problemShape> {
  if (headers["content-type"]?.startsWith("application/problem+json") !== true)
    throw new Error(`${status} ${headers["content-type"]} is no problem document: ${text}`);
  const problem = problemShape.parse(JSON.parse(text));
  if (problem.status !== status) throw new Error(`${status} was answered with ${text}`);
  return problem;
}

/** Whether the hub says that it takes events; false also while it does not answer. */
export const isReady = (url: string): Promise<boolean> =>
  callRaw(url, { path: "/readyz" }).then(
    ({ status }) => status === 200,
    () => false,
  );
