import fastifySwagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, FastifySchema, RouteOptions } from "fastify";
import type { RouteAccess } from "./access/principal.ts";
import { declareAccess } from "./access/register-access.ts";
import { componentSchemas, ingestBodies, signInSchemas } from "./openapi-schemas.ts";

/** Paths that are an API; the page and its parts are left out of the document. */
const DOCUMENTED = /^\/(?:api\/|healthz$|readyz$|metrics$)/;

/** Swagger UI draws its logo with one inline style: this text and no other may stand beside our own style sheets. */
const LOGO_STYLE = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='";

const PROBLEM = {
  description: "An RFC 9457 problem with a code of the closed list",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** Begins the OpenAPI 3.1 document. Await it before any route is registered: it hears of those that come after it. */
export async function describeRoutes(app: FastifyInstance, options: { readonly version: string }): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Deskwatch",
        version: options.version,
        description: "One hub that any trading bot talks to. Times are ISO-8601 in UTC, decimals are exact texts.",
      },
      servers: [{ url: "/" }],
      tags: [
        { name: "ingest", description: "Sending events" },
        { name: "control", description: "Pause, halt, flatten and resume, and how far it came" },
        { name: "reads", description: "Native reads" },
        { name: "stream", description: "Live changes" },
        { name: "replay", description: "The log played again, as of any moment; it changes nothing" },
        { name: "document 2", description: "The routes of source document 2" },
        { name: "hub", description: "The hub itself" },
        { name: "access", description: "People and keys" },
      ],
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "An API key of `deskwatch keys`; none from loopback" },
        },
      },
      security: [{ key: [] }],
    },
    // Made when the document is first asked for: sixty schemas cost a start 60 ms.
    transformObject: (document) => withComponents(document),
    transform: ({ schema, url, route }) => ({ schema: documented(schema, url, route), url }),
  });
}

/** Serves the document at `/openapi.json` and as a page at `/docs`. After access, which guards both like any read. */
export async function registerDocs(app: FastifyInstance): Promise<void> {
  app.route({
    method: "GET",
    url: "/openapi.json",
    config: { access: "read" },
    schema: { hide: true },
    serializerCompiler: () => (body) => JSON.stringify(body),
    handler: (_request, reply) => reply.header("cache-control", "no-store").send(app.swagger()),
  });
  await app.register(async (scope) => {
    declareAccess(scope, "read");
    await scope.register(fastifySwaggerUi, {
      routePrefix: "/docs",
      uiConfig: { docExpansion: "list", defaultModelsExpandDepth: 0 },
      theme: { title: "Deskwatch API" },
      transformStaticCSP: (policy) => policy.replace("style-src 'self'", `style-src 'self' ${LOGO_STYLE}`),
      validatorUrl: false,
    });
  });
}

/** The schema of a route as the document shows it: with the body it takes, a tag, and the problems it may answer with. */
function documented(
  schema: FastifySchema | undefined,
  url: string,
  { method, config }: Pick<RouteOptions, "method" | "config">,
): FastifySchema {
  if (!DOCUMENTED.test(url) || schema?.hide === true) return { hide: true };
  const body = method === "POST" ? ingestBodies[url] : undefined;
  return {
    ...signInSchemas[url],
    ...schema,
    ...whoMay(config?.access),
    tags: schema?.tags ?? [body === undefined ? "access" : "ingest"],
    ...(body === undefined ? {} : { body }),
    response: { ...responsesOf(signInSchemas[url]), ...responsesOf(schema), default: PROBLEM },
  };
}

/** Says who may call a route: `x-access` is a scope, or the role of a person; `public` needs neither. */
const whoMay = (access: RouteAccess | undefined): object => ({
  "x-access": access ?? "nobody",
  ...(access === "public" ? { security: [] } : {}),
});

type TransformObject = NonNullable<FastifyDynamicSwaggerOptions["transformObject"]>;

function withComponents(document: Parameters<TransformObject>[0]): ReturnType<TransformObject> {
  if (!("openapiObject" in document)) return document.swaggerObject;
  const { openapiObject } = document;
  Object.assign(openapiObject.components ?? {}, { schemas: componentSchemas() });
  return openapiObject;
}

const responsesOf = (schema: FastifySchema | undefined): object =>
  typeof schema?.response === "object" && schema.response !== null ? schema.response : {};
