import type { Principal } from "./access/principal.ts";
import type { Access } from "./access/register-access.ts";

interface Closable {
  readonly close: (code: number, reason: string) => void;
}

/** Closes the WebSockets of a key that is revoked and of a person who signs out; returns the way to stop. */
export function closeUnwelcome(
  connections: ReadonlyMap<Closable, Principal>,
  access: Pick<Access, "onKeyRevoked" | "onSignedOut">,
): () => void {
  const close = (reason: string, isMeant: (principal: Principal) => boolean): void => {
    for (const [connection, principal] of connections) if (isMeant(principal)) connection.close(1008, reason);
  };
  const stops = [
    access.onKeyRevoked((prefix) => close("the key was revoked", (who) => who.kind === "key" && who.prefix === prefix)),
    // Another session of the same person goes on: its page connects again.
    access.onSignedOut((userId) => close("signed out", (who) => who.kind === "person" && who.userId === userId)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
