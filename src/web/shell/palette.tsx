import { type KeyboardEvent, type ReactNode, useState } from "react";
import { paletteSearch } from "../../view/palette-search.ts";
import { Modal } from "../parts/modal.tsx";

/** Something that the palette finds and does. */
export interface PaletteItem {
  readonly label: string;
  /** The key that does the same. */
  readonly keys?: string;
  readonly act: () => void;
}

interface PaletteProps {
  readonly items: readonly PaletteItem[];
  readonly onClose: () => void;
}

/** Finds a page, a bot or an action by its name. */
export function Palette({ items, onClose }: PaletteProps): ReactNode {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const found = paletteSearch(items, query);
  const act = (item: PaletteItem | undefined): void => {
    if (item === undefined) return;
    onClose();
    item.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") act(found[chosen]);
    else if (event.key === "ArrowDown") setChosen(Math.min(chosen + 1, found.length - 1));
    else if (event.key === "ArrowUp") setChosen(Math.max(chosen - 1, 0));
    else return;
    event.preventDefault();
  };
  return (
    <Modal label="Find a page, a bot or an action" onClose={onClose}>
      <input
        // biome-ignore lint/a11y/noAutofocus: whoever opens the palette wants to type
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-items"
        aria-activedescendant={found[chosen] === undefined ? undefined : `palette-${chosen}`}
        aria-label="Find"
        placeholder="Find a page, a bot or an action"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        className="w-full border-n5 border-b bg-transparent px-4 py-3 text-16 text-n12 outline-none placeholder:text-n9"
      />
      <PaletteList found={found} chosen={chosen} act={act} />
    </Modal>
  );
}

interface PaletteListProps {
  readonly found: readonly PaletteItem[];
  readonly chosen: number;
  readonly act: (item: PaletteItem) => void;
}

function PaletteList({ found, chosen, act }: PaletteListProps): ReactNode {
  if (found.length === 0) return <p className="px-4 py-3 text-13 text-n9">Nothing is called that.</p>;
  return (
    <div id="palette-items" role="listbox" aria-label="Found" className="max-h-[56vh] overflow-y-auto p-1">
      {found.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
        <div
          key={item.label}
          id={`palette-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          ref={index === chosen ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
          onClick={() => act(item)}
          className="flex cursor-default items-center rounded px-3 py-1.5 text-14 hover:bg-n3 aria-selected:bg-n4 aria-selected:text-n12"
        >
          {item.label}
          {item.keys !== undefined && <kbd className="ml-auto font-sans text-12 text-n9">{item.keys}</kbd>}
        </div>
      ))}
    </div>
  );
}
