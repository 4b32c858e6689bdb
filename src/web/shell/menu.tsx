import { useNavigate } from "@tanstack/react-router";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { signOut } from "../live/hub-api.ts";
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

const itemClass =
  "flex cursor-default items-center gap-2 rounded px-2 py-1 text-13 outline-none data-highlighted:bg-n4 data-highlighted:text-n12";

/** The menu of what a reader may choose: theme, colours, session. */
export function Menu(): ReactNode {
  const theme = useCell(themeCell);
  const colours = useCell(coloursCell);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label="Settings and session"
        className="rounded px-1.5 text-14 text-n9 leading-6 hover:bg-n4 hover:text-n12"
      >
        ⋯
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-10 min-w-52 rounded border border-n6 bg-n2 p-1 text-n11 shadow-xl"
        >
          <Choice
            heading="Theme"
            value={theme}
            options={themes}
            nameOf={(each) => themeNames[each]}
            choose={chooseTheme}
          />
          <DropdownMenu.Separator className="my-1 h-px bg-n5" />
          <Choice
            heading="Colours"
            value={colours}
            options={pairs}
            nameOf={(each) => colourNames[each]}
            choose={chooseColours}
          />
          <SessionItems />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
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
    <DropdownMenu.RadioGroup value={value}>
      <DropdownMenu.Label className="px-2 py-1 text-12 text-n9">{heading}</DropdownMenu.Label>
      {options.map((option) => (
        <DropdownMenu.RadioItem key={option} value={option} onSelect={() => choose(option)} className={itemClass}>
          <span aria-hidden="true" className="w-3">
            {option === value ? "●" : ""}
          </span>
          {nameOf(option)}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

function SessionItems(): ReactNode {
  const { access, refresh } = useAccess();
  const navigate = useNavigate();
  const item = (label: string, act: () => Promise<void>): ReactNode => (
    <>
      <DropdownMenu.Separator className="my-1 h-px bg-n5" />
      <DropdownMenu.Item className={itemClass} onSelect={() => void act()}>
        <span aria-hidden="true" className="w-3" />
        {label}
      </DropdownMenu.Item>
    </>
  );
  if (access.signed_in) {
    return item(`Sign out${access.name === undefined ? "" : ` ${access.name}`}`, async () => {
      await signOut();
      await refresh();
    });
  }
  return access.owner
    ? item("Sign in", () => navigate({ to: "/sign-in" }))
    : item("Set up the owner", () => navigate({ to: "/set-up" }));
}
