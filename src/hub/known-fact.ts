import type { DeskEvent } from "../protocol/event-types.ts";
import type { Recorded } from "../protocol/recorded.ts";
import type { Store } from "./ports.ts";

/** A fact as it stands: its first statement with all that later ones added. */
export interface KnownFact extends Recorded {
  /** A fill that was taken back. */
  readonly voided: boolean;
  /** Another statement of it says otherwise. */
  readonly contradicted: boolean;
}

/** A fact of which nothing else was said. */
export const onlyStatement = (recorded: Recorded): KnownFact => ({ ...recorded, voided: false, contradicted: false });

/** The fact whose first statement is `seq`, as the log has it now; undefined when there is none. */
export async function knownFact(store: Pick<Store, "statementsOf">, seq: number): Promise<KnownFact | undefined> {
  const [first, ...later] = await store.statementsOf([seq]);
  if (first === undefined) return undefined;
  const merges = later.filter(({ standing }) => standing === "merge");
  return {
    ...first,
    event: merges.reduce((event, merge) => withAdded(event, merge.event), first.event),
    voided: later.some(({ event, standing }) => event.type === "fill.voided" && standing === "fact"),
    contradicted: later.some(({ standing }) => standing === "contradiction"),
  };
}

/** Of the statement that adds, not of the fact. */
const OF_A_STATEMENT: ReadonlySet<string> = new Set(["id", "v", "origin"]);

/** What was known stays as it was. */
function withAdded(known: DeskEvent, merge: DeskEvent): DeskEvent {
  const added = Object.entries(merge).filter(([name]) => !OF_A_STATEMENT.has(name) && !Object.hasOwn(known, name));
  return { ...known, ...Object.fromEntries(added) };
}
