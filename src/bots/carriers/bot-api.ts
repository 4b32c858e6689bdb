import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";

export interface BotApiOptions {
  /** Where the bot's API is. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** When an answer counts as missing. */
  readonly timeoutMs: number;
}

/** The bot's API did not do what was asked. The message says why and never a password. */
export class BotApiError extends Error {
  override readonly name = "BotApiError";
  /** Of the answer; undefined when none came. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined) {
    super(message);
    this.status = status;
  }
}

const WHY_MAX = 300;
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const said = z.object({ error: z.unknown(), detail: z.unknown(), message: z.unknown() }).partial();

/** The REST API of a bot, asked with a name and a password. */
export class BotApi {
  readonly #options: BotApiOptions;
  readonly #authorization: string;

  constructor(options: BotApiOptions) {
    this.#options = options;
    this.#authorization = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString("base64")}`;
  }

  /** Rejects with `BotApiError` when no answer came, it says no, or it is not of this form. */
  async get<T>(path: string, form: z.ZodType<T>): Promise<T> {
    return this.#read(await this.#ask("GET", path), path, form);
  }

  async post<T>(path: string, body: object | undefined, form: z.ZodType<T>): Promise<T> {
    return this.#read(await this.#ask("POST", path, body), path, form);
  }

  async delete(path: string): Promise<void> {
    await this.#ask("DELETE", path);
  }

  /** The same API, which is given so many times as long to answer: for what it does at a venue before it answers. */
  patient(times: number): BotApi {
    return new BotApi({ ...this.#options, timeoutMs: this.#options.timeoutMs * times });
  }

  #read<T>(body: string, path: string, form: z.ZodType<T>): T {
    const read = form.safeParse(parsed(body));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw new BotApiError(
      `${path} answers in a form that is not known: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
      200,
    );
  }

  async #ask(method: string, path: string, body?: object): Promise<string> {
    const { url, timeoutMs } = this.#options;
    const init = {
      method,
      headers: { authorization: this.#authorization, accept: "application/json", "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A name and a password go to this address only.
      redirect: "error" as const,
      signal: AbortSignal.timeout(timeoutMs),
    };
    const answer = await fetch(`${url.replace(/\/+$/, "")}${path}`, init).catch((error: unknown) => {
      throw new BotApiError(`${method} ${path}: ${reasonOf(error, timeoutMs)}`, undefined);
    });
    const text = await bodyOf(answer).catch((error: unknown) => {
      throw new BotApiError(`${method} ${path}: ${reasonOf(error, timeoutMs)}`, undefined);
    });
    if (answer.ok) return text;
    throw new BotApiError(`${method} ${path}: ${refusalText(answer.status, text)}`, answer.status);
  }
}

/** Reads no further than to the limit, whatever else would come. */
async function bodyOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) throw new Error("the answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return "no answer";
  if (error.name === "TimeoutError") return `no answer in ${timeoutMs} ms`;
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}

function refusalText(status: number, body: string): string {
  if (status === 401) return "401, the name or the password is wrong";
  const { error, detail, message } = said.safeParse(parsed(body)).data ?? {};
  const why = [error, detail, message].find((text) => text !== undefined && text !== null);
  return `${status} ${typeof why === "string" ? why : (JSON.stringify(why) ?? "")}`.trim().slice(0, WHY_MAX);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: whoever asked says that the form is not known.
    return undefined;
  }
}

/** Asks again until it holds, or `withinMs` is over; whether it holds. */
export async function holdsWithin(withinMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  const step = Math.min(500, Math.max(10, withinMs / 20));
  for (const endsAt = performance.now() + withinMs; ; await delay(step)) {
    if (await holds()) return true;
    if (performance.now() >= endsAt) return false;
  }
}
