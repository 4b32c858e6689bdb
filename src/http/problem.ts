import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ZodError } from "zod";
import { StoreUnavailable } from "../hub/ports.ts";
import { type ErrorCode, errorCodes, type Problem } from "../protocol/errors.ts";

/** What an error answer says besides its code. */
export interface ProblemOptions {
  /** One sentence for whoever sent the request. Never holds internals or secrets. The code's title when absent. */
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  /** Seconds after which trying again may help: the `Retry-After` header. */
  readonly retryAfterS?: number;
}

/** Thrown by a route to answer with a problem of a closed code; everything else that is thrown is a bug of the hub. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ErrorCode;
  readonly options: ProblemOptions;

  constructor(code: ErrorCode, options: ProblemOptions = {}) {
    super(options.detail ?? errorCodes[code].title);
    this.code = code;
    this.options = options;
  }
}

/** The body of an error answer (RFC 9457). */
export function problemOf(code: ErrorCode, requestId: string, options: ProblemOptions = {}): Problem {
  const { status, title } = errorCodes[code];
  return {
    type: `urn:deskwatch:error:${code}`,
    title,
    status,
    code,
    detail: options.detail ?? title,
    ...(options.errors === undefined ? {} : { errors: options.errors }),
    request_id: requestId,
  };
}

/** Headers that belong to an error answer. */
export function problemHeaders(code: ErrorCode, options: ProblemOptions = {}): Record<string, string> {
  const retryAfterS = options.retryAfterS ?? (code === "store_unavailable" || code === "overloaded" ? 1 : undefined);
  return {
    "content-type": "application/problem+json; charset=utf-8",
    "cache-control": "no-store",
    ...(retryAfterS === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterS))) }),
    ...(code === "unauthenticated" ? { "www-authenticate": 'Bearer realm="deskwatch"' } : {}),
  };
}

/** Answers with a problem. Returns the reply, so that a handler can `return sendProblem(…)`. */
export function sendProblem(reply: FastifyReply, code: ErrorCode, options: ProblemOptions = {}): FastifyReply {
  const body = JSON.stringify(problemOf(code, reply.request.id, options));
  return reply.code(errorCodes[code].status).headers(problemHeaders(code, options)).send(body);
}

/** What an error that reached the edge means to whoever sent the request. A bug of ours says nothing of itself. */
function problemFromError(error: unknown): { readonly code: ErrorCode; readonly options: ProblemOptions } {
  if (error instanceof ProblemError) return { code: error.code, options: error.options };
  if (error instanceof StoreUnavailable) return { code: "store_unavailable", options: {} };
  if (error instanceof ZodError) return { code: "invalid_request", options: invalidOptions(error) };
  if (isFastifyError(error)) return fromFastify(error);
  return { code: "internal", options: {} };
}

/** Paths and messages of a failed check, as `errors` of a problem; never the values themselves. */
export function invalidOptions(error: ZodError, where?: string): ProblemOptions {
  const errors = error.issues.slice(0, 20).map((issue) => ({
    path: [...(where === undefined ? [] : [where]), ...issue.path].map(String).join("."),
    message: issue.message,
  }));
  const [first] = errors;
  const detail = first === undefined ? "The request is not valid." : `${first.path || "body"}: ${first.message}`;
  return { detail, errors };
}

/** Answers every error and every unknown route of `app` with a problem, and logs the hub's own bugs. */
export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, "not_found", { detail: "There is nothing here." }));
}

/** For Fastify's `frameworkErrors` option: what goes wrong before a route is found, such as a malformed URL. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, options } = problemFromError(error);
  if (code === "internal") request.log.error({ err: error }, "bug: a request failed");
  else if (code === "store_unavailable") request.log.warn({ err: error }, "the store is away");
  return sendProblem(reply, code, options);
}

const fastifyCodes: Readonly<Record<string, { readonly code: ErrorCode; readonly detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: "too_large", detail: "The body is larger than this route takes." },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: "invalid_request", detail: "This content type is not taken here." },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: "invalid_request", detail: "The body is not valid JSON." },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: "invalid_request", detail: "The body is empty; JSON was expected." },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: "invalid_request",
    detail: "The body is not as long as Content-Length says.",
  },
  FST_ERR_BAD_URL: { code: "invalid_request", detail: "The URL is malformed." },
  FST_ERR_NOT_FOUND: { code: "not_found", detail: "There is nothing here." },
};

const statusCodes: Readonly<Record<number, ErrorCode>> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  405: "not_found",
  409: "conflict",
  413: "too_large",
  429: "rate_limited",
};

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ("statusCode" in error || "validation" in error || "code" in error);
}

function fromFastify(error: FastifyError): { readonly code: ErrorCode; readonly options: ProblemOptions } {
  const known = fastifyCodes[error.code];
  if (known !== undefined) return { code: known.code, options: { detail: known.detail } };
  if (error.validation !== undefined) return { code: "invalid_request", options: validationOptions(error) };
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) return { code: "internal", options: {} };
  return { code: statusCodes[status] ?? "invalid_request", options: {} };
}

function validationOptions(error: FastifyError): ProblemOptions {
  const errors = (error.validation ?? []).slice(0, 20).map((issue) => ({
    path: [error.validationContext ?? "", ...issue.instancePath.split("/")].filter((part) => part !== "").join("."),
    message: issue.message ?? "not valid",
  }));
  return { errors };
}
