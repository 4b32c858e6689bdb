import { namedById, referenceById } from "../protocol/reference.ts";
import type { Standing } from "../protocol/recorded.ts";
import type { IncomingRow } from "../hub/packed-rows.ts";
import { correctionText } from "../view/fill-view.ts";
import { type Content, isFillType, mergeEvent, restate, sayTheSame, withMerge } from "./statement.ts";

/** A fact of the log with all that was said of it. */
export interface Fact {
  readonly seq: number;
  readonly type: string;
  /** The first statement, as stored. */
  readonly body: string;
  /** What the first statement and its merges add up to. */
  readonly content: Content;
  readonly contradictions: readonly Content[];
}

/** Where a fact is looked up. Both answer with the fact itself when the hit is a later statement of it. */
export interface FactBook {
  readonly byKey: (key: string) => Fact | undefined;
  readonly byId: (bot: string, id: string) => Fact | undefined;
}

/** What the writer is to do with a row. */
export type Plan = { readonly standing: "duplicate"; readonly seq: number } | StoringPlan;

export interface StoringPlan {
  readonly standing: Standing;
  readonly ofSeq: number | undefined;
  /** The row takes its (bot, id) for itself; false when an earlier row has it. */
  readonly claimsId: boolean;
  /** What is stored: the statement as it came, or what the hub made of it. */
  readonly body: string;
  /** The body is not the one handed in. */
  readonly changed: boolean;
  readonly effect: FillEffect | undefined;
}

/** What a row does to the projection of fills. */
export type FillEffect =
  | { readonly kind: "insert" }
  | { readonly kind: "add"; readonly seq: number; readonly added: Content }
  | { readonly kind: "void"; readonly seq: number }
  | { readonly kind: "void-ahead"; readonly fillKey: string }
  | { readonly kind: "correct"; readonly seq: number; readonly reason: string }
  | { readonly kind: "correct-ahead"; readonly name: string; readonly reason: string }
  | { readonly kind: "contradict"; readonly seq: number };

/** Contradictions kept of one fact; more are told apart no longer. */
const CONTRADICTIONS_MAX = 16;

/** Decides what becomes of a row: new, a duplicate, a merge or a contradiction of what the book has. */
export function planRow(row: IncomingRow, book: FactBook): Plan {
  const byKey = row.key === undefined ? undefined : book.byKey(row.key);
  const byId = row.id === undefined ? undefined : book.byId(row.bot, row.id);
  const fact = byKey ?? byId;
  if (fact === undefined) return planNew(row, book);
  if (fact.body === row.body) return { standing: "duplicate", seq: fact.seq };
  return planRestatement(row, fact, byId === undefined);
}

function planNew(row: IncomingRow, book: FactBook): StoringPlan {
  if (row.refersTo !== undefined) return planReference(row, row.refersTo, book);
  const effect: FillEffect | undefined = isFillType(row.type) ? { kind: "insert" } : undefined;
  return { ...unchanged(row), standing: "fact", ofSeq: undefined, claimsId: row.id !== undefined, effect };
}

/** A void or correction carries what it speaks of, so that neither the fold nor recovery has to look it up. */
function planReference(row: IncomingRow, reference: string, book: FactBook): StoringPlan {
  const named = namedById(reference);
  const fact = named === undefined ? book.byKey(reference) : book.byId(named.bot, named.id);
  const { voids: claimed, ...said } = contentOf(row.body);
  const base = { standing: "fact", claimsId: row.id !== undefined, ofSeq: fact?.seq } as const;
  if (fact === undefined || !isFillType(fact.type)) {
    const stored = claimed === undefined ? unchanged(row) : rewritten(said);
    return { ...base, ...stored, effect: fact === undefined ? effectAhead(row, reference, said) : undefined };
  }
  const { seq, content } = fact;
  const effect: FillEffect =
    row.type === "fill.voided" ? { kind: "void", seq } : { kind: "correct", seq, reason: correctionText(said) };
  return { ...base, ...rewritten({ ...said, voids: content }), effect };
}

/** What is said of a fill that is not there yet waits for it. */
const effectAhead = (row: IncomingRow, reference: string, said: Content): FillEffect =>
  row.type === "fill.voided"
    ? { kind: "void-ahead", fillKey: reference }
    : { kind: "correct-ahead", name: reference, reason: correctionText(said) };

/** What a new fill may have been named by before it came. */
export const namesOf = ({ key, id, bot }: Pick<IncomingRow, "key" | "id" | "bot">): string[] => [
  ...(key === undefined ? [] : [key]),
  ...(id === undefined ? [] : [referenceById(bot, id)]),
];

function planRestatement(row: IncomingRow, fact: Fact, idIsFree: boolean): Plan {
  const duplicate: Plan = { standing: "duplicate", seq: fact.seq };
  const { voids: _, ...said } = contentOf(row.body);
  const next = row.refersTo === undefined ? contentOf(row.body) : said;
  const restatement = restate(fact.content, next);
  const base = { ofSeq: fact.seq, claimsId: row.id !== undefined && idIsFree };
  const isFill = isFillType(fact.type);
  switch (restatement.kind) {
    case "same":
      return duplicate;
    case "adds": {
      const { added } = restatement;
      const effect: FillEffect | undefined = isFill ? { kind: "add", seq: fact.seq, added } : undefined;
      return { ...base, ...rewritten(mergeEvent(next, added)), standing: "merge", effect };
    }
    case "differs": {
      if (fact.contradictions.length >= CONTRADICTIONS_MAX) return duplicate;
      if (fact.contradictions.some((other) => sayTheSame(other, next))) return duplicate;
      const effect: FillEffect | undefined = isFill ? { kind: "contradict", seq: fact.seq } : undefined;
      return { ...base, ...unchanged(row), standing: "contradiction", effect };
    }
  }
}

/** The fields of a stored body. */
export const contentOf = (body: string): Content => JSON.parse(body) as Content;

const unchanged = (row: IncomingRow) => ({ body: row.body, changed: false });

const rewritten = (content: Content) => ({ body: JSON.stringify(content), changed: true });

/** A later statement of a fact, as stored. */
export interface LaterStatement {
  readonly standing: string;
  readonly body: string;
}

/** A fact from its rows: the first statement, and the later ones in order. */
export function factOf(
  first: { readonly seq: number; readonly type: string; readonly body: string },
  later: readonly LaterStatement[],
): Fact {
  let content = contentOf(first.body);
  const contradictions: Content[] = [];
  for (const { standing, body } of later) {
    const said = contentOf(body);
    if (standing === "contradiction") contradictions.push(said);
    else content = withMerge(content, said);
  }
  return { seq: first.seq, type: first.type, body: first.body, content, contradictions };
}
