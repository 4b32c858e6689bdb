import { type ReactNode, useState } from "react";
import type { KeyView } from "../../protocol/api-people.ts";
import { keyMark } from "../../view/people-words.ts";
import { isKeys, revokeKey } from "../live/people-api.ts";
import { useRead } from "../live/use-read.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { Dialog } from "./dialog.tsx";
import { Refused, useAct } from "./form.tsx";
import { MakeKey } from "./make-key.tsx";
import { Mark } from "./marks.tsx";
import { Empty } from "./panel.tsx";
import { Moment } from "./people-table.tsx";
import { Read } from "./reading.tsx";

const EVERY_MS = 30_000;

const holds = (key: KeyView): boolean => keyMark(key, Date.now()).word === "holds";

/** The keys of programs: those that hold, and, when asked for, those that do no more. */
export function KeyTable(): ReactNode {
  const reading = useRead("/api/v1/keys", isKeys, EVERY_MS);
  return (
    <Read reading={reading} what="The keys" rows={4}>
      {({ keys }) => <Keys keys={keys} again={reading.again} />}
    </Read>
  );
}

interface KeysProps {
  readonly keys: readonly KeyView[];
  readonly again: () => void;
}

function Keys({ keys, again }: KeysProps): ReactNode {
  const [past, setPast] = useState(false);
  const [open, setOpen] = useState<"make" | KeyView>();
  const newest = keys.toReversed();
  const over = newest.filter((key) => !holds(key));
  const shown = past ? newest : newest.filter(holds);
  const close = (): void => setOpen(undefined);
  return (
    <div className="@container min-w-0">
      <div className="flex flex-wrap items-center gap-3 border-n4 border-b px-3 py-2">
        <button type="button" onClick={() => setOpen("make")} className="control-button is-large">
          Make a key
        </button>
        {over.length > 0 && (
          <label className="flex items-center gap-1.5 text-12 text-n10">
            <input type="checkbox" checked={past} onChange={() => setPast(!past)} className="accent-n11" />
            show {over.length} that {over.length === 1 ? "holds" : "hold"} no more
          </label>
        )}
      </div>
      {shown.length === 0 ? (
        <Empty title={over.length === 0 ? "No key yet" : "No key holds now"}>
          Programs on the hub's own machine need none to send and read. From elsewhere each bot gets a key of its own.
        </Empty>
      ) : (
        <DataTable
          label="Keys"
          columns={columnsFor(setOpen)}
          rows={shown}
          rowKey={({ prefix }) => prefix}
          rowData={({ name }) => ({ "data-key": name })}
        />
      )}
      {open === "make" && <MakeKey onClose={close} onDone={again} />}
      {typeof open === "object" && <RevokeKey apiKey={open} onClose={close} onDone={again} />}
    </div>
  );
}

const columnsFor = (revoke: (key: KeyView) => void): readonly Column<KeyView>[] => [
  { head: "Name", card: "title", grows: true, cell: ({ name }) => <span className="text-n12">{name}</span> },
  {
    head: "Begins with",
    cell: ({ prefix }) => <code className="font-mono text-12">dw_{prefix}…</code>,
  },
  { head: "May", cell: ({ scopes }) => scopes.join(", ") },
  { head: "Bot", cell: ({ bot }) => bot ?? <span className="text-n9">any</span> },
  { head: "State", cell: (key) => <Mark mark={keyMark(key, Date.now())} /> },
  {
    head: "Last used",
    hint: "noted at most once a minute",
    cell: ({ last_used_at: at }) => <Moment at={at} none="never used" />,
  },
  { head: "Ends", cell: ({ expires_at: at }) => <Moment at={at} none="stands until it is revoked" /> },
  { head: "Made", spare: true, cell: ({ created_at: at }) => <Moment at={at} none="" /> },
  {
    head: "",
    cell: (key) =>
      holds(key) && (
        <button
          type="button"
          onClick={() => revoke(key)}
          className="control-button"
          data-action="halt"
          aria-label={`Revoke ${key.name}`}
        >
          Revoke
        </button>
      ),
  },
];

interface RevokeKeyProps {
  readonly apiKey: KeyView;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function RevokeKey({ apiKey, onClose, onDone }: RevokeKeyProps): ReactNode {
  const { busy, trouble, run } = useAct();
  const revoke = (): void =>
    void run(async () => {
      await revokeKey(apiKey.prefix);
      onDone();
      onClose();
    });
  return (
    <Dialog title={`Revoke ${apiKey.name}`} onClose={onClose}>
      <p className="text-13 text-n10">
        Whatever uses it is refused from now on, and its open connections are closed. A bot keeps its events until it
        has another key. This cannot be taken back.
      </p>
      {trouble !== undefined && (
        <div className="mt-3">
          <Refused>{trouble}</Refused>
        </div>
      )}
      <div className="mt-4 flex gap-2">
        <button type="button" onClick={revoke} disabled={busy} className="control-button is-large" data-action="halt">
          Revoke it
        </button>
        <button type="button" onClick={onClose} className="rounded border border-n6 px-3 py-1.5 text-14 hover:bg-n4">
          Cancel
        </button>
      </div>
    </Dialog>
  );
}
