import { binance } from "./binance/binance.ts";
import type { VenueKind } from "./core/venue.ts";
import { kalshi } from "./kalshi/kalshi.ts";
import { polymarket } from "./polymarket/polymarket.ts";

/** Every kind of venue that can be watched. */
export const venueKinds: readonly VenueKind[] = [kalshi, polymarket, binance];
