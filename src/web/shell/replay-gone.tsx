import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** What stands in place of a replay that the hub no longer has. */
export function ReplayGone({ replay }: { readonly replay: string }): ReactNode {
  return (
    <main className="mx-auto max-w-xl px-4 pt-[18vh]" data-replay-gone="">
      <h1 className="font-medium text-28 text-n12">This replay is gone</h1>
      <p className="mt-2 text-14 text-n10">
        The hub has no replay <code className="font-mono text-13">{replay}</code>: it was left, or the hub was started
        anew. Replays live in memory; what they played is still in the log.
      </p>
      <p className="mt-5 flex flex-wrap gap-3 text-14">
        <Link
          to="/replays"
          search={{ replay: undefined }}
          className="rounded bg-n12 px-3 py-1.5 font-medium text-n1 hover:bg-n11"
        >
          Start another one
        </Link>
        <Link to="/" search={{ replay: undefined }} className="rounded border border-n6 px-3 py-1.5 hover:bg-n3">
          To the live desk
        </Link>
      </p>
    </main>
  );
}
