import type { Micros } from "../../base/time.ts";
import type { HttpAnswer, HttpPort } from "../core/ports.ts";
import type { VenueRecord } from "./record.ts";
import { isSameRequest, requestOf } from "./target.ts";

interface Asked {
  readonly venue: string;
  readonly request: string;
  readonly resolve: (answer: HttpAnswer) => void;
}

type HttpRecord = Extract<VenueRecord, { kind: "answer" | "failed" }>;

/** Answers that came before they were asked for are kept for a while, the newest so many. */
const EARLY_MAX = 1_000;
const EARLY_MICROS = 10_000_000;
const NO_ANSWER: HttpAnswer = { ok: false, reason: "the recording has no answer to this" };

/** The answers of a recording: a request gets the next one to the same request, now or when it comes. */
export class PlayedHttp {
  /** Answers that nobody asked for. */
  unasked = 0;
  #asked: Asked[] = [];
  #early: HttpRecord[] = [];
  #isMoving = false;
  #isOver = false;
  readonly #now: () => Micros;

  /** `now`: the time of the recording. */
  constructor(now: () => Micros) {
    this.#now = now;
  }

  /** Somebody asked or was answered since the last `settled`: promises wait to run on. */
  get isMoving(): boolean {
    return this.#isMoving;
  }

  settled(): void {
    this.#isMoving = false;
  }

  port(venue: string): HttpPort {
    return (asked) => {
      this.#isMoving = true;
      const request = requestOf(asked);
      if (request === undefined || this.#isOver) return Promise.resolve(NO_ANSWER);
      this.#forget();
      const at = this.#early.findIndex((record) => record.venue === venue && isSameRequest(record.request, request));
      const [early] = at < 0 ? [] : this.#early.splice(at, 1);
      if (early !== undefined) return Promise.resolve(answerOf(early));
      return new Promise((resolve) => this.#asked.push({ venue, request, resolve }));
    };
  }

  answer(record: HttpRecord): void {
    const asked = this.#asked.find(
      ({ venue, request }) => venue === record.venue && isSameRequest(record.request, request),
    );
    if (asked === undefined) return this.#keep(record);
    this.#isMoving = true;
    this.#asked = this.#asked.filter((other) => other !== asked);
    asked.resolve(answerOf(record));
  }

  /** Nothing more comes: who still waits gets no answer. */
  end(): void {
    this.#isOver = true;
    this.#isMoving = true;
    this.unasked += this.#early.length;
    this.#early = [];
    for (const { resolve } of this.#asked.splice(0)) resolve(NO_ANSWER);
  }

  #keep(record: HttpRecord): void {
    this.#early.push(record);
    this.#forget();
  }

  /** Drops the oldest early answers: there are too many, or what they say was long ago. */
  #forget(): void {
    const since = this.#now() - EARLY_MICROS;
    const fresh = this.#early.filter(({ at }) => at >= since).slice(-EARLY_MAX);
    this.unasked += this.#early.length - fresh.length;
    this.#early = fresh;
  }
}

const answerOf = (record: HttpRecord): HttpAnswer =>
  record.kind === "answer"
    ? { ok: true, status: record.status, text: record.text, headers: {} }
    : { ok: false, reason: record.reason };
