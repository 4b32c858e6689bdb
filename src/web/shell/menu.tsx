import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { HubError, signOut } from "../live/hub-api.ts";
import { useCell } from "../live/use-desk.ts";
import { useAccess } from "./access.tsx";
import {
  type Colours,
  chooseColours,
  chooseTheme,
  colourNames,
  coloursCell,
  type Theme,
  themeCell,
} from "./settings.ts";

const themeNames: Record<Theme, string> = { system: "As the system", dark: "Dark", light: "Light" };

const themes: readonly Theme[] = ["system", "dark", "light"];
const pairs: readonly Colours[] = ["teal-red", "red-teal", "blue-orange"];

/** What a reader may choose: theme, colours, session. The browser closes it on Esc and on a click beside it. */
export function Menu(): ReactNode {
  const id = useId();
  const theme = useCell(themeCell);
  const colours = useCell(coloursCell);
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-label="Settings and session"
        className="rounded px-1.5 text-14 text-n9 leading-6 hover:bg-n4 hover:text-n12"
      >
        ⋯
      </button>
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto top-11 right-2 m-0 min-w-56 rounded border border-n6 bg-n2 p-1 text-13 text-n11 shadow-xl"
      >
        <Choice
          heading="Theme"
          value={theme}
          options={themes}
          nameOf={(each) => themeNames[each]}
          choose={chooseTheme}
        />
        <Choice
          heading="Colours"
          value={colours}
          options={pairs}
          nameOf={(each) => colourNames[each]}
          choose={chooseColours}
        />
        <Session />
      </div>
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly heading: string;
  readonly value: T;
  readonly options: readonly T[];
  readonly nameOf: (option: T) => string;
  readonly choose: (option: T) => void;
}

function Choice<T extends string>({ heading, value, options, nameOf, choose }: ChoiceProps<T>): ReactNode {
  return (
    <fieldset className="border-n5 border-b pb-1">
      <legend className="px-2 pt-1 text-12 text-n9">{heading}</legend>
      {options.map((option) => (
        <label key={option} className="flex items-center gap-2 rounded px-2 py-1 hover:bg-n4 hover:text-n12">
          <input
            type="radio"
            name={heading}
            checked={option === value}
            onChange={() => choose(option)}
            className="accent-n11"
          />
          {nameOf(option)}
        </label>
      ))}
    </fieldset>
  );
}

function Session(): ReactNode {
  const { access, refresh } = useAccess();
  const navigate = useNavigate();
  const [trouble, setTrouble] = useState<string>();
  const leave = async (): Promise<void> => {
    try {
      await signOut();
      await refresh();
    } catch (cause) {
      setTrouble(cause instanceof HubError ? cause.message : String(cause));
    }
  };
  const name = access.name === undefined ? "" : ` ${access.name}`;
  return (
    <>
      {access.signed_in ? (
        <>
          <SessionButton label="Your account" act={() => void navigate({ to: "/account" })} />
          <SessionButton label={`Sign out${name}`} act={() => void leave()} />
        </>
      ) : access.owner ? (
        <SessionButton label="Sign in" act={() => void navigate({ to: "/sign-in" })} />
      ) : (
        <SessionButton label="Set up the owner" act={() => void navigate({ to: "/set-up" })} />
      )}
      {trouble !== undefined && (
        <p role="alert" className="px-2 py-1 text-bad">
          {trouble}
        </p>
      )}
    </>
  );
}

function SessionButton({ label, act }: { readonly label: string; readonly act: () => void }): ReactNode {
  return (
    <button type="button" onClick={act} className="mt-1 w-full rounded px-2 py-1 text-left hover:bg-n4 hover:text-n12">
      {label}
    </button>
  );
}
