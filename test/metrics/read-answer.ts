import { expect } from "vitest";
import type { z } from "zod";
import { waitUntil } from "../support/wait-until.ts";

/** What a hub answers a native read; asked once more while it is too busy to answer, as any reader does. */
export async function readAnswer<T extends z.ZodType>(url: string, path: string, schema: T): Promise<z.output<T>> {
  let answer: Response | undefined;
  await waitUntil(`there is an answer to ${path}`, async () => {
    answer = await fetch(`${url}/api/v1/${path}`);
    return answer.status !== 429;
  });
  expect({ path, status: answer?.status }).toEqual({ path, status: 200 });
  return schema.parse(await answer?.json());
}
