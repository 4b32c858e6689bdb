/** What every hub gives to Node: a young generation that does not grow, and one thread for V8's own work. */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=16", "--v8-pool-size=1"];
