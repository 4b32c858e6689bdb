import { NoPast, Overloaded } from "../hub/explain.ts";
import { HistoryUnreadable } from "../hub/histories.ts";
import { ProblemError } from "./problem.ts";

/** A read that is made one at a time, and may have to be refused. */
export async function madeInTurn<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Overloaded) throw new ProblemError("overloaded", { detail: `${error.message}.` });
    if (error instanceof NoPast) throw new ProblemError("invalid_request", { detail: `${error.message}.` });
    if (error instanceof HistoryUnreadable) throw new ProblemError("conflict", { detail: `${error.message}.` });
    throw error;
  }
}
