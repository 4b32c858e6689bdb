import { assert, ensure } from "../base/assert.ts";
import { putBounded } from "../base/bounded-map.ts";
import type { FillView } from "../protocol/api.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { naturalKey } from "../protocol/natural-key.ts";
import type { Recorded, TextFact } from "../protocol/recorded.ts";
import { referenceById } from "../protocol/reference.ts";
import { recordedFrom } from "../protocol/stored-event.ts";
import { correctionText, fillView, isFillEvent, mergedFillView } from "../view/fill-view.ts";
import { referenceOf } from "./append-row.ts";
import { FactLog, factBytes } from "./fact-log.ts";
import type { Query } from "./query.ts";

export interface FillFeedOptions {
  readonly query: Pick<Query, "asOf" | "fills">;
  readonly capacity: number;
  readonly maxBytes: number;
  /** Called when a fill that had to be read from the store is there. */
  readonly wake: () => void;
  readonly onError: (error: unknown, topic: string) => void;
}

/** A fill as it was first said, or as it reads now. */
type Fill = { readonly fact: TextFact } | { readonly view: FillView };

const AMENDED_MAX = 10_000;

/**
 * The facts of the topic `fills`: each new fill, and each known one again (under the `seq` of what amended it) when it
 * is merged, contradicted, corrected or voided. An amended fill that is no longer in memory is read from the store;
 * the facts after it wait, so that order holds.
 */
export class FillFeed {
  readonly log: FactLog<Fill>;
  readonly #options: FillFeedOptions;
  /** How amended fills read now, by the `seq` of their first statement; the newest 10,000. */
  readonly #amended = new Map<number, FillView>();
  readonly #beingRead = new Map<number, number>();
  /** What was said of fills that are not there yet, by what it names them by; the newest 10,000. */
  readonly #ahead = new Map<string, readonly DeskEvent[]>();

  constructor(options: FillFeedOptions) {
    this.#options = options;
    this.log = new FactLog<Fill>({
      topic: "fills",
      capacity: options.capacity,
      maxBytes: options.maxBytes,
      startSeq: options.query.asOf().as_of_seq,
      data: (fill) => JSON.stringify(viewOf(fill)),
    });
  }

  /** Takes in one fact of the log, also as text; those that do not speak of a fill are passed over. */
  take(recorded: Recorded, fact: TextFact): void {
    if (isFillEvent(recorded.event)) {
      if (recorded.standing === "fact") this.#add(recorded, fact);
      else this.#amend(recorded);
    } else if (recorded.event.type === "fill.voided" || recorded.event.type === "correction") this.#amend(recorded);
  }

  #add(recorded: Recorded, fact: TextFact): void {
    const said = this.#ahead.size === 0 ? [] : this.#saidAhead(recorded.event);
    if (said.length === 0) this.log.append(recorded.seq, { fact }, factBytes(fact));
    else {
      const view = said.reduce((each, event) => amended(each, "fact", event), viewOf({ fact }));
      this.#remember(view);
      this.log.append(recorded.seq, { view }, VIEW_BYTES);
    }
  }

  /** What was said of a new fill before it came, which is met thereby. */
  #saidAhead(event: DeskEvent): DeskEvent[] {
    const byId = event.id === undefined ? undefined : referenceById(event.bot, event.id);
    return [naturalKey(event), byId].flatMap((name) => {
      const said = name === undefined ? undefined : this.#ahead.get(name);
      if (name !== undefined) this.#ahead.delete(name);
      return said ?? [];
    });
  }

  #amend(recorded: Recorded): void {
    const { seq, ofSeq, event } = recorded;
    if (ofSeq === undefined) return this.#wait(event);
    const before = this.#known(ofSeq);
    if (before === undefined) this.#read(seq, ofSeq);
    else {
      const after = amended(before, recorded.standing, event);
      this.#remember(after);
      this.log.append(seq, { view: after }, VIEW_BYTES);
    }
  }

  /** Keeps what is said of a fill that is not there yet. */
  #wait(event: DeskEvent): void {
    const name = referenceOf(event);
    if (name === undefined) return;
    const before = (this.#ahead.get(name) ?? []).filter(({ type }) => type !== event.type);
    putBounded(this.#ahead, name, [...before, event], AMENDED_MAX);
  }

  #known(seq: number): FillView | undefined {
    if (this.#beingRead.has(seq)) return undefined;
    const view = this.#amended.get(seq);
    if (view !== undefined) return view;
    const first = this.log.find(seq);
    return first === undefined ? undefined : viewOf(first);
  }

  #remember(view: FillView): void {
    this.#amended.delete(view.seq);
    this.#amended.set(view.seq, view);
    if (this.#amended.size <= AMENDED_MAX) return;
    this.#amended.delete(ensure(this.#amended.keys().next().value, "a map above its bound has a first key"));
  }

  #read(seq: number, ofSeq: number): void {
    const settle = this.log.appendPending(seq);
    this.#beingRead.set(ofSeq, (this.#beingRead.get(ofSeq) ?? 0) + 1);
    void this.#fromStore(ofSeq).then((view) => {
      const left = (this.#beingRead.get(ofSeq) ?? 1) - 1;
      if (left === 0) this.#beingRead.delete(ofSeq);
      else this.#beingRead.set(ofSeq, left);
      if (view !== undefined) this.#remember(view);
      settle(view === undefined ? undefined : { view });
      this.#options.wake();
    });
  }

  async #fromStore(seq: number): Promise<FillView | undefined> {
    try {
      const page = await this.#options.query.fills({ afterSeq: seq - 1, beforeSeq: seq + 1, mode: "all", limit: 1 });
      const text = page.events[0];
      return text === undefined ? undefined : (JSON.parse(text) as FillView);
    } catch (error) {
      this.#options.onError(error, "fills");
      return undefined;
    }
  }
}

const VIEW_BYTES = 1_024;

function viewOf(fill: Fill): FillView {
  if ("view" in fill) return fill.view;
  const recorded = recordedFrom(fill.fact);
  assert(isFillEvent(recorded.event), "only fills are in the log of fills");
  return fillView({ ...recorded, event: recorded.event });
}

/** How a fill reads once something more was said of it. */
function amended(view: FillView, standing: Recorded["standing"], event: DeskEvent): FillView {
  if (event.type === "fill.voided") return { ...view, voided: true };
  if (event.type === "correction") return { ...view, correction: correctionText(event) };
  if (standing === "contradiction") return { ...view, contradicted: true };
  return mergedFillView(view, event);
}
