import type { FastifyInstance } from "fastify";
import type { Result } from "../../base/result.ts";
import { type DemoDeskView, demoDeskView } from "../../protocol/api-sessions.ts";
import { actorOf } from "../access/actor.ts";
import { documented } from "../access/documented.ts";
import type { Note } from "../access/noting.ts";
import { ProblemError } from "../problem.ts";

/** The demo desk that an ordinary hub can start beside itself. */
export interface DemoStarter {
  readonly view: () => DemoDeskView;
  /** Resolves once it listens; at once when it does already. The error says why it cannot run. */
  readonly start: () => Promise<Result<DemoDeskView, string>>;
}

/** What a demo desk can do to itself. */
export interface DemoWiper {
  /** Why it may not be wiped; undefined when it may. */
  readonly problem: () => string | undefined;
  /** Ends the desk and deletes its store. Called once the answer is on its way. */
  readonly wipe: () => void;
}

/** Of a demo desk its end, of an ordinary hub the start of one. */
export type DemoControl = { readonly wiper: DemoWiper } | { readonly starter: DemoStarter };

const WIPE = documented({
  summary: "Wipe this demo desk: it ends, and its store is deleted",
  description: "Only a demo desk has this route. It deletes what the simulator made up and nothing else.",
  answers: { 202: demoDeskView },
});
const SHOW = documented({ summary: "Whether a demo desk runs beside this hub", answers: { 200: demoDeskView } });
const START = documented({
  summary: "Start a demo desk beside this hub",
  description: "In a store of its own, on a free port of loopback. It ends with this hub.",
  answers: { 201: demoDeskView },
});

/** `DELETE /api/v1/demo` of a demo desk; `GET` and `POST /api/v1/demo` of an ordinary hub. */
export function registerDemo(app: FastifyInstance, control: DemoControl, note: Note): void {
  if ("wiper" in control) return registerWipe(app, control.wiper, note);
  const { starter } = control;
  app.get("/api/v1/demo", { config: { access: "read" }, ...tagged(SHOW) }, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return starter.view();
  });
  app.post("/api/v1/demo", { config: { access: "desk-side" }, ...tagged(START) }, async (request, reply) => {
    const started = await starter.start();
    if (!started.ok) throw new ProblemError("conflict", { detail: started.error });
    await note({ by: actorOf(request), action: "demo.started" });
    return reply.code(201).header("cache-control", "no-store").send(started.value);
  });
}

function registerWipe(app: FastifyInstance, wiper: DemoWiper, note: Note): void {
  app.delete("/api/v1/demo", { config: { access: "desk-side" }, ...tagged(WIPE) }, async (request, reply) => {
    const problem = wiper.problem();
    if (problem !== undefined) throw new ProblemError("conflict", { detail: problem });
    await note({ by: actorOf(request), action: "demo.wiped" });
    reply.raw.once("close", () => wiper.wipe());
    return reply.code(202).header("cache-control", "no-store").send({ state: "stopped" });
  });
}

const tagged = (document: ReturnType<typeof documented>) => ({
  ...document,
  schema: { ...document.schema, tags: ["hub"] },
});
