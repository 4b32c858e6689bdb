import { existsSync } from "node:fs";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { declareAccess } from "./access/register-access.ts";
import { sendProblem } from "./problem.ts";

/** Its parts have hashed names and are kept for a year; the page that names them is asked for every time. */
const ALWAYS_FRESH = { maxAge: 0, immutable: false };

/**
 * The page and its parts; every other path that a browser opens is the page too, which knows its own routes. `onVisit` is
 * called each time somebody opens it.
 */
export async function registerPage(app: FastifyInstance, webDir: string, onVisit?: () => void): Promise<void> {
  if (!existsSync(webDir)) return;
  await app.register(async (scope) => {
    declareAccess(scope, "public");
    await scope.register(fastifyStatic, { root: webDir, wildcard: false, maxAge: "1y", immutable: true, index: false });
    const open = (reply: FastifyReply): FastifyReply => {
      onVisit?.();
      return reply.sendFile("index.html", ALWAYS_FRESH);
    };
    scope.get("/", (_request, reply) => open(reply));
    scope.get("/*", (request, reply) => {
      const wantsPage = request.headers.accept?.includes("text/html") === true;
      if (!wantsPage || request.url.startsWith("/api/"))
        return sendProblem(reply, "not_found", { detail: "There is nothing here." });
      return open(reply);
    });
  });
}
