export type { RetryOptions } from "./backoff.ts";
export type { ReporterStats } from "./counters.ts";
export type { EventMethods } from "./event-methods.ts";
export type * from "./event-types.ts";
export { createReporter, type Reporter, type ReporterOptions } from "./reporter.ts";
export type { FetchLike } from "./transport.ts";
