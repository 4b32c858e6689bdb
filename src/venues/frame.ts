import type { Micros } from "../base/time.ts";

interface FrameOf<Kind extends string> {
  readonly kind: Kind;
  readonly venue: string;
  /** Which of the venue's connections it came by: `market-1`, `user`, `rest`. */
  readonly connection: string;
  /** By this machine's clock, as it came. */
  readonly receivedAt: Micros;
}

/**
 * What a connector learns from its venue, one thing at a time. Sockets, answers and the player hand in the same frames,
 * so that a recording of them is the session again.
 */
export type VenueFrame =
  /** A connection stands: nothing said before holds. */
  | FrameOf<"opened">
  /** One message of a socket, unread. */
  | (FrameOf<"message"> & { readonly text: string })
  /** The body of a successful answer to a request: its method and path with query, no host, no secret. */
  | (FrameOf<"answer"> & { readonly request: string; readonly text: string })
  /** A connection has ended. */
  | (FrameOf<"closed"> & { readonly reason: string });

/** Takes frames in the order in which they came: a connector, a recorder. Must not throw for what a venue says. */
export type FrameSink = (frame: VenueFrame) => void;
