/** Refused inputs that are kept with their content. */
export const REJECTIONS_KEPT = 10_000;

/** (bot, code) pairs of refused inputs that are counted by name. */
export const REJECTION_COUNTS_MAX = 10_000;

/** Reports of imports that are kept. */
export const IMPORTS_KEPT = 200;

/** Acts of people and keys that are kept, by how they ended. */
export const AUDIT_KEPT = { done: 100_000, refused: 20_000 } as const;

/** Bytes written by a probe: enough that a full disk shows itself. */
export const PROBE_BYTES = 65_536;
