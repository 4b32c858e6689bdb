import { type Agent, type IncomingHttpHeaders, request } from "node:http";

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RawCall {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Keeps connections open between calls; each call has its own when absent. */
  readonly agent?: Agent;
}

/** A request whose body and headers go out exactly as given. Rejects when the connection fails before the whole answer. */
export function callRaw(url: string, { method, path, headers = {}, body, agent }: RawCall): Promise<RawAnswer> {
  const verb = method ?? (body === undefined ? "GET" : "POST");
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { method: verb, headers: { ...length, ...headers }, agent: agent ?? false },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("error", reject);
        answer.on("close", () => (answer.complete ? undefined : reject(new Error("the answer broke off"))));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** `callRaw` with NDJSON for `/api/v1/events`. */
export const postLines = (url: string, lines: string, agent?: Agent): Promise<RawAnswer> =>
  callRaw(url, {
    path: "/api/v1/events",
    headers: { "content-type": "application/x-ndjson" },
    body: lines,
    ...(agent === undefined ? {} : { agent }),
  });
