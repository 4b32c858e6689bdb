import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Result } from "../../base/result.ts";
import { type DemoDeskView, demoDeskView } from "../../protocol/api-sessions.ts";
import { documented } from "../access/documented.ts";
import type { Access } from "../access/register-access.ts";
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
export function registerDemo(app: FastifyInstance, control: DemoControl, access: Pick<Access, "ownerExists">): void {
  if ("wiper" in control) return registerWipe(app, control.wiper);
  const { starter } = control;
  app.get("/api/v1/demo", { config: { access: "read" }, ...tagged(SHOW) }, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return starter.view();
  });
  app.post("/api/v1/demo", { config: { access: "ingest" }, ...tagged(START) }, async (request, reply) => {
    await mustBePerson(request, access);
    const started = await starter.start();
    if (!started.ok) throw new ProblemError("conflict", { detail: started.error });
    return reply.code(201).header("cache-control", "no-store").send(started.value);
  });
}

function registerWipe(app: FastifyInstance, wiper: DemoWiper): void {
  app.delete("/api/v1/demo", { config: { access: "ingest" }, ...tagged(WIPE) }, async (request, reply) => {
    if (request.principal.kind === "key")
      throw new ProblemError("forbidden", { detail: "An API key cannot do this: sign in." });
    const problem = wiper.problem();
    if (problem !== undefined) throw new ProblemError("conflict", { detail: problem });
    reply.raw.once("close", () => wiper.wipe());
    return reply.code(202).header("cache-control", "no-store").send({ state: "stopped" });
  });
}

const tagged = (document: ReturnType<typeof documented>) => ({
  ...document,
  schema: { ...document.schema, tags: ["hub"] },
});

/** A person; or, while there is none, whoever sits at this machine. */
async function mustBePerson(request: FastifyRequest, access: Pick<Access, "ownerExists">): Promise<void> {
  const { kind } = request.principal;
  if (kind === "person" || (kind === "loopback" && !(await access.ownerExists()))) return;
  throw kind === "key"
    ? new ProblemError("forbidden", { detail: "An API key cannot do this: sign in." })
    : new ProblemError("unauthenticated", { detail: "Sign in to do this." });
}
