/** What may be said of an opportunity, in the order of its life. */
export const OPPORTUNITY_ACTIONS = ["detected", "approved", "executed", "rejected"] as const;
