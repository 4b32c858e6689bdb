import { answerOf } from "../../http/routes/ingest.ts";
import type { BareDesk } from "../../hub/bare-desk.ts";

/** `fetch` for a sender of events: hands each batch to a desk in this process, and answers as its hub would. */
export const deskFetch =
  ({ ingest, keepSamples }: Omit<BareDesk, "state">): typeof fetch =>
  async (_url, init) => {
    const body = typeof init?.body === "string" ? init.body : "";
    const done = await ingest.submit(body.split("\n").map((line) => ({ line })));
    await keepSamples();
    if (done.ok) return Response.json(answerOf(done.value));
    return Response.json({ detail: done.error.message }, { status: done.error.code === "overloaded" ? 429 : 503 });
  };
