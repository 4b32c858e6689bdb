import { expect } from "vitest";
import type { InvitedAnswer, Role, SecondFactorStart, UserView } from "../../src/protocol/api-people.ts";
import { cookiesOf, type GuardedHub, type HttpAnswer } from "./guarded-hub.ts";
import { totpOf } from "./totp.ts";

export const PASSWORD = "correct horse battery";

/** Somebody who is signed in, and what they ask the hub with it. */
export class Visitor {
  readonly #hub: Pick<GuardedHub, "send">;
  cookie: string;

  constructor(hub: Pick<GuardedHub, "send">, cookie: string) {
    this.#hub = hub;
    this.cookie = cookie;
  }

  /** Takes over the cookies that an answer sets, as a browser does. */
  async ask(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    const headers = { cookie: this.cookie };
    const answer = await this.#hub.send({ method, path, headers, ...(body === undefined ? {} : { body }) });
    const set = cookiesOf(answer);
    if (set !== "") this.cookie = set;
    return answer;
  }

  get(path: string): Promise<HttpAnswer> {
    return this.ask("GET", path);
  }
}

/** Makes the owner, by the name of Ada. */
export async function makeOwner(hub: GuardedHub): Promise<Visitor> {
  const owner = { name: "Ada", email: emailOf("Ada"), password: PASSWORD };
  const made = await hub.send({ method: "POST", path: "/api/v1/setup", body: owner });
  expect(made.status).toBe(200);
  return new Visitor(hub, cookiesOf(made));
}

export const emailOf = (name: string): string => `${name.toLowerCase()}@desk.example`;

/** The token of an invitation. */
export const tokenOf = (answer: HttpAnswer): string =>
  (answer.json as InvitedAnswer).invitation.path.replace("/invitation#", "");

/** Makes somebody who has yet to choose a password. */
export async function invite(owner: Visitor, name: string, role: Role): Promise<{ user: UserView; token: string }> {
  const made = await owner.ask("POST", "/api/v1/users", { name, email: emailOf(name), role });
  expect(made.status).toBe(201);
  return { user: (made.json as InvitedAnswer).user, token: tokenOf(made) };
}

export const accept = (hub: Pick<GuardedHub, "send">, token: string, password = PASSWORD): Promise<HttpAnswer> =>
  hub.send({ method: "POST", path: "/api/v1/invitations/accept", body: { token, password } });

export const trySignIn = (
  hub: Pick<GuardedHub, "send">,
  name: string,
  password = PASSWORD,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> =>
  hub.send({ method: "POST", path: "/api/auth/sign-in/email", headers, body: { email: emailOf(name), password } });

export async function signIn(hub: Pick<GuardedHub, "send">, name: string, password = PASSWORD): Promise<Visitor> {
  const answer = await trySignIn(hub, name, password);
  expect(answer.json).toMatchObject({ signed_in: true });
  return new Visitor(hub, cookiesOf(answer));
}

/** Somebody with a password, signed in. */
export async function join(hub: GuardedHub, owner: Visitor, name: string, role: Role): Promise<Member> {
  const { user, token } = await invite(owner, name, role);
  expect((await accept(hub, token)).status).toBe(200);
  return { user, visitor: await signIn(hub, name) };
}

export interface Member {
  readonly user: UserView;
  readonly visitor: Visitor;
}

/** Sets up and confirms a second factor with the present code; the next one, which is taken too, is unused. */
export async function addSecondFactor(visitor: Visitor): Promise<SecondFactorStart> {
  const begun = await visitor.ask("POST", "/api/v1/account/second-factor", { password: PASSWORD });
  expect(begun.status).toBe(200);
  const start = begun.json as SecondFactorStart;
  const confirmed = await visitor.ask("POST", "/api/v1/account/second-factor/confirm", {
    code: totpOf(start.secret),
  });
  expect(confirmed.status).toBe(204);
  return start;
}

/** The second step of signing in, with the cookie of the first. */
export const secondStep = (hub: Pick<GuardedHub, "send">, first: HttpAnswer, body: object): Promise<HttpAnswer> =>
  hub.send({
    method: "POST",
    path: "/api/auth/sign-in/second-factor",
    headers: { cookie: cookiesOf(first) },
    body,
  });
