/** What every hub gives to Node: a young generation that does not grow, and one thread for V8's own work. */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=8", "--v8-pool-size=1"];

/**
 * What every hub finds in its environment: one arena of memory for all its threads. Each of them would else have one of its
 * own from the C library, grown to the most that it ever needed at once.
 */
export const NODE_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: "1" };
