import { type ReactNode, useMemo, useState } from "react";
import { type ControlRefusal, type ControlWanted, ControlsContext } from "../live/use-controls.ts";
import { useDesk } from "../live/use-desk.ts";
import { ControlDialog } from "../parts/control-dialog.tsx";
import { useAccess } from "./access.tsx";

/** Lets all that is inside of it ask something of bots, once it was confirmed. */
export function ControlDesk({ children }: { readonly children: ReactNode }): ReactNode {
  const [wanted, setWanted] = useState<ControlWanted>();
  const refusal = useRefusal();
  const controls = useMemo(() => ({ refusal, ask: setWanted }), [refusal]);
  return (
    <ControlsContext value={controls}>
      {children}
      {wanted !== undefined && <ControlDialog wanted={wanted} onClose={() => setWanted(undefined)} />}
    </ControlsContext>
  );
}

const REPLAYED: ControlRefusal = {
  words: "This is a replay: what you see is past, and nothing can be asked of bots from here.",
  to: "/",
  link: "To the live desk",
};
const NOBODY: ControlRefusal = {
  words: "Bots are controlled by a person with a name: nobody is signed in.",
  to: "/sign-in",
  link: "Sign in",
};
const NO_OWNER: ControlRefusal = {
  words: "Bots are controlled by a person with a name: this desk has no owner yet.",
  to: "/set-up",
  link: "Set up the owner",
};
const VIEWER: ControlRefusal = {
  words: "You may look, and not act: you are a viewer. An owner can make you an operator.",
  to: undefined,
  link: "",
};

/** Why whoever looks at this page may not act; undefined when they may. */
function useRefusal(): ControlRefusal | undefined {
  const { source } = useDesk();
  const { access } = useAccess();
  if (source !== undefined) return REPLAYED;
  if (access.signed_in) return access.role === "viewer" ? VIEWER : undefined;
  return access.owner ? NOBODY : NO_OWNER;
}
