import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { Trouble } from "../parts/panel.tsx";
import { type AccessAnswer, HubError, readAccess } from "../live/hub-api.ts";

interface AccessState {
  readonly access: AccessAnswer;
  /** Asks the hub again, after signing in or out, or when the stream is refused. */
  readonly refresh: () => Promise<void>;
}

const AccessContext = createContext<AccessState | undefined>(undefined);

/** Who is looking at the page; throws outside of `AccessProvider`. */
export function useAccess(): AccessState {
  const state = useContext(AccessContext);
  if (state === undefined) throw new Error("useAccess needs an AccessProvider above it");
  return state;
}

/** What has to happen before the desk may be shown; undefined when it may. */
export function accessNeeded(access: AccessAnswer): "/set-up" | "/sign-in" | undefined {
  if (access.signed_in || access.loopback_trusted) return undefined;
  return access.owner ? "/sign-in" : "/set-up";
}

const RETRY_MS = 3000;

/** Asks the hub who is looking before anything is shown; asks again until it answers. */
export function AccessProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [access, setAccess] = useState<AccessAnswer>();
  const [trouble, setTrouble] = useState<string>();
  const refresh = useCallback(async () => {
    try {
      setAccess(await readAccess());
      setTrouble(undefined);
    } catch (cause) {
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
    }
  }, []);
  useEffect(() => {
    if (access !== undefined) return;
    void refresh();
    const timer = setInterval(() => void refresh(), RETRY_MS);
    return () => clearInterval(timer);
  }, [access, refresh]);
  if (access !== undefined) return <AccessContext value={{ access, refresh }}>{children}</AccessContext>;
  if (trouble === undefined) return null;
  return (
    <main className="mx-auto max-w-xl pt-[18vh]">
      <Trouble title="The hub cannot be reached" retry={() => void refresh()}>
        {trouble} Bots keep their events meanwhile. See whether the hub runs (<code>npm start</code>); this page goes on
        by itself as soon as it answers.
      </Trouble>
    </main>
  );
}
