import type { ReactNode } from "react";
import { Modal } from "../parts/modal.tsx";
import { keyHelp, replayKeyHelp } from "./keyboard.ts";
import { pages } from "./pages.ts";

/** The keys, and what the signs mean. */
export function Help({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Modal label="Keys and signs" onClose={onClose}>
      <div className="max-h-[76vh] overflow-y-auto p-4">
        <div className="flex items-center">
          <h2 className="font-medium text-16 text-n12">Keys</h2>
          <button
            type="button"
            onClick={onClose}
            aria-label="Close"
            className="ml-auto rounded px-2 text-n9 hover:bg-n4 hover:text-n12"
          >
            ✕
          </button>
        </div>
        <dl className="mt-2 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-13">
          {keyHelp.map(([keys, does]) => (
            <Line key={keys} term={keys}>
              {does}
            </Line>
          ))}
          {pages.map(({ label, letter }) => (
            <Line key={letter} term={`g ${letter}`}>
              {label}
            </Line>
          ))}
        </dl>
        <h2 className="mt-4 font-medium text-16 text-n12">In a replay</h2>
        <dl className="mt-2 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-13">
          {replayKeyHelp.map(([keys, does]) => (
            <Line key={keys} term={keys}>
              {does}
            </Line>
          ))}
        </dl>
        <h2 className="mt-4 font-medium text-16 text-n12">Signs</h2>
        <dl className="mt-2 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-13">
          <Line term="—">unknown; hover to see why</Line>
          <Line term="● ◌ ○ ■ ‖">live, stale, offline, halted, paused</Line>
          <Line term="▁ ▄ █">low, medium, high exposure</Line>
          <Line term="amber frame">a replay: nothing that you see happens now</Line>
          <Line term="amber">older than it should be, or in need of a look</Line>
          <Line term="12.3K">compact; hover for all digits</Line>
        </dl>
      </div>
    </Modal>
  );
}

function Line({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <>
      <dt className="text-n12">{term}</dt>
      <dd className="text-n10">{children}</dd>
    </>
  );
}
