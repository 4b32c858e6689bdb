import type { Said } from "./rows.ts";

/** One row of the log as the rules have it. */
export interface ModelRow {
  readonly seq: number;
  readonly standing: "fact" | "merge" | "contradiction";
  readonly ofSeq: number | undefined;
}

/** What a reader of fills sees. */
interface ModelFill {
  readonly seq: number;
  readonly voided: boolean;
  readonly contradicted: boolean;
  readonly fee: unknown;
  readonly price: unknown;
  readonly orderId: unknown;
}

interface ModelFact {
  readonly seq: number;
  readonly isFill: boolean;
  known: Record<string, unknown>;
  readonly contradictions: string[];
  voided: boolean;
}

/** The fields that the generated statements may differ in; all others follow from the key. */
const MATTER = ["price", "fee", "order_id", "message"];

/**
 * The rules of the log in the plainest words, to hold the stores against: lists and maps in memory, for statements
 * made by the property test alone (fills, voids and errors of one venue and mode).
 */
export class ReferenceLog {
  readonly rows: ModelRow[] = [];
  readonly #before: number;
  readonly #facts = new Map<string, ModelFact>();
  readonly #ids = new Map<string, ModelFact>();
  readonly #voidedAhead = new Set<string>();

  /** `before` is the last seq of what the log holds of other matters. */
  constructor(before: number) {
    this.#before = before;
  }

  /** What must become of a statement: its seq, its standing, and the fact that it restates or speaks of. */
  say(said: Said): { seq: number; standing: string; ofSeq: number | undefined } {
    const key = keyOf(said);
    const id = typeof said["id"] === "string" ? `${String(said["bot"])} ${said["id"]}` : undefined;
    const fact = (key && this.#facts.get(key)) ?? (id && this.#ids.get(id));
    if (!fact) return this.#fresh(said, key, id);
    return this.#again(said, fact, id);
  }

  fills(): ModelFill[] {
    return [...new Set(this.#facts.values())]
      .filter(({ isFill }) => isFill)
      .map(({ seq, known, contradictions, voided }) => ({
        seq,
        voided,
        contradicted: contradictions.length > 0,
        fee: known["fee"],
        price: known["price"],
        orderId: known["order_id"],
      }))
      .sort((a, b) => a.seq - b.seq);
  }

  #fresh(said: Said, key: string | undefined, id: string | undefined): ReturnType<ReferenceLog["say"]> {
    const fillKey = `fill ${String(said["fill_id"])}`;
    const voided = said["type"] === "fill.voided" ? this.#facts.get(fillKey) : undefined;
    if (voided !== undefined) voided.voided = true;
    else if (said["type"] === "fill.voided") this.#voidedAhead.add(fillKey);
    const isFill = said["type"] === "fill" || said["type"] === "order.filled";
    const row = this.#store("fact", voided?.seq);
    const isVoided = isFill && this.#voidedAhead.has(fillKey);
    const fact: ModelFact = { seq: row.seq, isFill, known: { ...said }, contradictions: [], voided: isVoided };
    if (key !== undefined) this.#facts.set(key, fact);
    if (id !== undefined) this.#ids.set(id, fact);
    return row;
  }

  #again(said: Said, fact: ModelFact, id: string | undefined): ReturnType<ReferenceLog["say"]> {
    const duplicate = { seq: fact.seq, standing: "duplicate", ofSeq: undefined };
    const otherwise = kindOf(said) !== kindOf(fact.known) || saysOtherwise(said, fact.known);
    const added = MATTER.filter((name) => said[name] !== undefined && fact.known[name] === undefined);
    if (otherwise) {
      const text = contentOf(said);
      if (fact.contradictions.includes(text) || fact.contradictions.length >= 16) return duplicate;
      fact.contradictions.push(text);
    } else if (added.length === 0) return duplicate;
    else for (const name of added) fact.known[name] = said[name];
    if (id !== undefined && !this.#ids.has(id)) this.#ids.set(id, fact);
    return this.#store(otherwise ? "contradiction" : "merge", fact.seq);
  }

  #store(standing: ModelRow["standing"], ofSeq: number | undefined): ModelRow {
    const row = { seq: this.#before + this.rows.length + 1, standing, ofSeq };
    this.rows.push(row);
    return row;
  }
}

function keyOf(said: Said): string | undefined {
  switch (kindOf(said)) {
    case "fill":
      return `fill ${String(said["fill_id"])}`;
    case "void":
      return `void ${String(said["fill_id"])}`;
    default:
      return undefined;
  }
}

function kindOf(said: Said): string {
  if (said["type"] === "fill" || said["type"] === "order.filled") return "fill";
  return said["type"] === "fill.voided" ? "void" : String(said["type"]);
}

/** Fields that tell one thing from another matter only where an id is used for two things. */
const saysOtherwise = (said: Said, known: Said): boolean =>
  ["fill_id", ...MATTER].some(
    (name) => said[name] !== undefined && known[name] !== undefined && said[name] !== known[name],
  );

const contentOf = (said: Said): string =>
  JSON.stringify([kindOf(said), ...["fill_id", "reason", ...MATTER].map((name) => said[name] ?? null)]);
