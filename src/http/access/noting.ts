import type { FastifyBaseLogger } from "fastify";
import type { Act, Audit } from "../../hub/audit.ts";

/** Tells of an act and resolves once it is kept. */
export type Note = (act: Act) => Promise<void>;

/** Notes acts in the audit, if there is one, and at once in the log of the process: the store may be away. */
export const noting =
  (log: FastifyBaseLogger, audit: Pick<Audit, "note"> | undefined): Note =>
  async (act) => {
    const { by, action, outcome = "done", target } = act;
    log.info({ who: by.who, who_kind: by.who_kind, address: by.address, outcome, target }, `audit: ${action}`);
    await audit?.note(act);
  };
