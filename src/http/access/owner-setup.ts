import { join } from "node:path";
import { ProblemError } from "../problem.ts";
import type { Accounts, AccountsAnswer } from "./accounts.ts";
import type { Visitor } from "./auth-call.ts";
import { equalInConstantTime } from "./constant-time.ts";
import { dropSecret, keepSecret } from "./secret-files.ts";

export interface OwnerSetupOptions {
  readonly accounts: Accounts;
  readonly dataDir: string;
  /** True when the hub listens on loopback only. */
  readonly loopbackBind: boolean;
}

/** What the owner is made of. */
export interface NewOwner {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** Makes the owner, once. Beyond loopback it takes the one-time token of the data directory. */
export class OwnerSetup {
  readonly #options: OwnerSetupOptions;
  readonly #tokenPath: string;
  #token: string | undefined;
  #busy = false;

  private constructor(options: OwnerSetupOptions, token: string | undefined) {
    this.#options = options;
    this.#tokenPath = setupTokenPath(options.dataDir);
    this.#token = token;
  }

  /** Reads or makes the setup token while there is no owner, and removes what is left of it when there is one. */
  static async open(options: OwnerSetupOptions): Promise<OwnerSetup> {
    const path = setupTokenPath(options.dataDir);
    if (await options.accounts.hasOwner()) {
      dropSecret(path);
      return new OwnerSetup(options, undefined);
    }
    return new OwnerSetup(options, keepSecret(path));
  }

  /** The one-time token; undefined once there is an owner. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Whether this visitor would need the token. */
  needsToken(direct: boolean): boolean {
    return !(direct && this.#options.loopbackBind);
  }

  /** Whether a visitor may try: without the token where it is needed, the answer is no. */
  accepts({ direct, setupToken }: { readonly direct: boolean; readonly setupToken: string | undefined }): boolean {
    if (!this.needsToken(direct)) return true;
    return this.#token !== undefined && setupToken !== undefined && equalInConstantTime(setupToken, this.#token);
  }

  /**
   * Registers the owner and signs in; the answer carries the session cookie. Of several attempts at once one wins, the
   * others throw `conflict`, as does every one after the owner was made.
   */
  async make(visitor: Visitor, owner: NewOwner): Promise<AccountsAnswer> {
    const { accounts } = this.#options;
    if (this.#busy) throw ownerExists();
    this.#busy = true;
    try {
      if (await accounts.hasOwner()) throw ownerExists();
      const answer = await accounts.makeOwner(visitor, owner);
      if (answer.status < 400) {
        this.#token = undefined;
        dropSecret(this.#tokenPath);
      }
      return answer;
    } finally {
      this.#busy = false;
    }
  }
}

/** The detail of the problem for whoever comes second. */
export const OWNER_EXISTS = "The owner of this hub has been made already.";

/** Where the one-time token is kept. */
function setupTokenPath(dataDir: string): string {
  return join(dataDir, "setup-token");
}

function ownerExists(): ProblemError {
  return new ProblemError("conflict", { detail: OWNER_EXISTS });
}
