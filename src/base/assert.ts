/** A broken assumption of our own: never caused by what a bot sends, always a bug of the hub. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws `AssertionError` when `condition` is false. For the impossible only; bad input is refused with a `Result`. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The value, or an `AssertionError` when it is null or undefined. */
export function ensure<T>(value: T | null | undefined, message: string): T {
  if (value === null || value === undefined) throw new AssertionError(message);
  return value;
}
