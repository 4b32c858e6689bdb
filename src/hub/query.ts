import type { z } from "zod";
import type {
  botsAnswer,
  BotView,
  edgesAnswer,
  ExposureAnswer,
  HealthAnswer,
  rejectedAnswer,
} from "../protocol/api.ts";
import type { EventFilter, EventPage } from "./ports.ts";

/** The moment that an answer speaks of. */
export interface AsOf {
  readonly as_of: string;
  readonly as_of_seq: number;
}

/**
 * The only read path: page, terminal, chat, API and stream ask here, so at equal `as_of_seq` they show the same.
 * What is synchronous comes from the fold in memory; what is a promise comes from the store.
 * `mode` defaults to the store's own (live; demo in the demo store).
 */
export interface Query {
  readonly asOf: () => AsOf;
  readonly bots: (mode?: string) => z.infer<typeof botsAnswer>;
  readonly bot: (bot: string) => BotView | undefined;
  readonly edges: (limit: number, mode?: string) => z.infer<typeof edgesAnswer>;
  readonly exposure: (mode?: string) => ExposureAnswer;
  readonly health: () => HealthAnswer;
  readonly rejected: (limit: number) => Promise<z.infer<typeof rejectedAnswer>>;
  readonly fills: (filter: EventFilter) => Promise<EventPage & AsOf>;
  readonly events: (filter: EventFilter) => Promise<EventPage & AsOf>;
}
