import type { PackedRows } from "../../hub/packed-rows.ts";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { StoreUnavailable } from "../../hub/ports.ts";
import { StoreRefused } from "../migration.ts";
import type { GroupReply } from "../reply.ts";
import { CommitUnknown, EventWriter, readyGroup } from "./event-writer.ts";
import { isAnswer, unavailable } from "./postgres-error.ts";

export interface WriterConnectionOptions {
  readonly databaseUrl: string;
  /** The server and database as messages name them. */
  readonly where: string;
  /** Runs on every new connection, under the lock. */
  readonly prepare: (client: Client) => Promise<unknown>;
}

/** The right to write a Deskwatch log in this database: one session has it, and loses it with its connection. */
const LOCK = 0x6465_736b_7761;
const LOCK_TRIES = 30;
const LOCK_TRY_MS = 100;
const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 60_000;
const RECONNECT_MS_MIN = 200;
const RECONNECT_MS_MAX = 5_000;

/** Few rows are looked up in a log that grows faster than its statistics: by index, whatever these say. */
const SESSION = "SET synchronous_commit = on; SET enable_seqscan = off; SET plan_cache_mode = force_custom_plan";

interface InDoubt {
  readonly token: string;
  readonly resolve: (reply: GroupReply | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

interface Session {
  readonly client: Client;
  readonly writer: EventWriter;
}

/**
 * The one connection that writes the log. It holds an advisory lock of the database; when it breaks, it is made again
 * by itself, and a commit that was under way is looked up before its caller hears yes or no.
 */
export class WriterConnection {
  readonly #options: WriterConnectionOptions;
  readonly #stopped = new AbortController();
  #session: Session | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #inDoubt: InDoubt[] = [];
  #reconnecting: Promise<void> | undefined;
  #lastError: unknown;

  private constructor(options: WriterConnectionOptions) {
    this.#options = options;
  }

  /** Rejects with `StoreRefused` when another hub has the lock, `StoreUnavailable` when the server is away. */
  static async open(options: WriterConnectionOptions): Promise<WriterConnection> {
    const connection = new WriterConnection(options);
    try {
      connection.#session = await connection.#connect();
    } catch (error) {
      throw unavailable(error, options.where);
    }
    return connection;
  }

  /** Appends a group once those before it are done; see `EventWriter.append`. */
  async append(rows: PackedRows, token: string): Promise<GroupReply> {
    const group = readyGroup(rows);
    try {
      return await this.#run(({ writer }) => writer.append(group, token));
    } catch (error) {
      if (!(error instanceof CommitUnknown)) throw error;
      const reply = await this.#outcomeOf(token);
      if (reply === undefined) throw unavailable(error, this.#options.where);
      return reply;
    }
  }

  /** Runs something else on the connection, between groups. */
  run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return this.#run(({ client }) => work(client));
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#turn.catch(() => undefined);
    await this.#reconnecting;
    for (const doubt of this.#inDoubt.splice(0))
      doubt.reject(new StoreUnavailable("The hub stopped before it could see whether a commit was done."));
    await this.#session?.client.end().catch(() => undefined);
    this.#session = undefined;
  }

  #run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const done = this.#turn.then(async () => {
      const session = this.#session;
      if (session === undefined) throw this.#away();
      try {
        return await work(session);
      } catch (error) {
        if (!isAnswer(error)) this.#broken(session, error);
        throw error instanceof CommitUnknown ? error : unavailable(error, this.#options.where);
      }
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #away(): unknown {
    return unavailable(this.#lastError ?? new Error("not connected"), this.#options.where);
  }

  #outcomeOf(token: string): Promise<GroupReply | undefined> {
    return new Promise((resolve, reject) => {
      this.#inDoubt.push({ token, resolve, reject });
      // It may be connected again by now.
      if (this.#session !== undefined) void this.#settleDoubts(this.#session);
    });
  }

  #broken(session: Session, error: unknown): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#lastError = error instanceof CommitUnknown ? error.cause : error;
    session.client.end().catch(() => undefined);
    this.#reconnecting ??= this.#reconnect().finally(() => {
      this.#reconnecting = undefined;
    });
  }

  async #reconnect(): Promise<void> {
    let waitMs = RECONNECT_MS_MIN;
    while (!this.#stopped.signal.aborted) {
      try {
        const session = await this.#connect();
        await this.#settleDoubts(session);
        this.#session = session;
        return;
      } catch (error) {
        this.#lastError = error;
        await delay(waitMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
        waitMs = Math.min(waitMs * 2, RECONNECT_MS_MAX);
      }
    }
  }

  async #connect(): Promise<Session> {
    const client = new Client({
      connectionString: this.#options.databaseUrl,
      application_name: "deskwatch",
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
    });
    let session: Session | undefined;
    // Without a listener the loss of an idle connection would end the process.
    client.on("error", (error) => session !== undefined && this.#broken(session, error));
    try {
      await client.connect();
      await client.query(SESSION);
      await this.#lock(client);
      await this.#options.prepare(client);
      session = { client, writer: await EventWriter.on(client) };
      return session;
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
  }

  /** The session of a hub that died may hold the lock a moment longer: only then is it known what became of its commit. */
  async #lock(client: Client): Promise<void> {
    for (let tries = 0; tries < LOCK_TRIES && !this.#stopped.signal.aborted; tries++) {
      const { rows } = await client.query("SELECT pg_try_advisory_lock($1::bigint) AS locked", [LOCK]);
      if (rows[0]?.["locked"] === true) return;
      await delay(LOCK_TRY_MS);
    }
    throw new StoreRefused(
      `Another Deskwatch hub writes to the database at ${this.#options.where}. ` +
        "Stop that one, or give this one a database of its own with --database-url.",
    );
  }

  async #settleDoubts({ writer }: Session): Promise<void> {
    for (const doubt of [...this.#inDoubt]) {
      const reply = await writer.outcomeOf(doubt.token);
      this.#inDoubt = this.#inDoubt.filter((other) => other !== doubt);
      doubt.resolve(reply);
    }
  }
}
