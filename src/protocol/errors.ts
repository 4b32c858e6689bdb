/** The closed list of error codes (PROTOCOL.md), each with its HTTP status and whether trying again may help. */
export const errorCodes = {
  invalid_event: { status: 422, title: "The event is not valid", retryable: false },
  invalid_request: { status: 400, title: "The request is not valid", retryable: false },
  unknown_type: { status: 422, title: "The event type is unknown", retryable: false },
  too_large: { status: 413, title: "The request is too large", retryable: false },
  unauthenticated: { status: 401, title: "Who are you?", retryable: false },
  forbidden: { status: 403, title: "Not allowed", retryable: false },
  not_found: { status: 404, title: "Not found", retryable: false },
  conflict: { status: 409, title: "In conflict with what is there", retryable: false },
  rate_limited: { status: 429, title: "Too many requests", retryable: true },
  overloaded: { status: 429, title: "The hub is full for the moment", retryable: true },
  store_unavailable: { status: 503, title: "The store is away", retryable: true },
  host_not_allowed: { status: 421, title: "This host name is not allowed", retryable: false },
  internal: { status: 500, title: "A bug of the hub", retryable: true },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Why one event of a batch was refused: a closed code, where, what was expected and what was found. */
export interface Rejection {
  readonly code: Extract<ErrorCode, "invalid_event" | "unknown_type" | "too_large" | "forbidden">;
  /** Dotted path of the offending field; empty for the event itself. */
  readonly path: string;
  readonly message: string;
}

/** An RFC 9457 problem, the body of every error answer. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly request_id: string;
}
