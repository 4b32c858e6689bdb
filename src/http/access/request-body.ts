import type { z } from "zod";
import { invalidOptions, ProblemError } from "../problem.ts";

/** The body as the schema has it; throws a problem `invalid_request` that names what is wrong. */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ProblemError("invalid_request", invalidOptions(parsed.error));
  return parsed.data;
}
