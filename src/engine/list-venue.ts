import type { EventOf } from "../protocol/event-types.ts";

type List = EventOf<"orders.snapshot"> | EventOf<"position.snapshot">;

/** The only venue that a list speaks of, as a field or a tag; undefined where it speaks of all that the bot has. */
export const venueOfList = ({ venue, tags }: List): string | undefined => venue ?? tags?.["venue"];
