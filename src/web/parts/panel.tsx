import { Link } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import type { Page } from "../shell/pages.ts";

interface PanelProps {
  readonly title: string;
  /** What stands beside the title: a count, a unit. */
  readonly note?: ReactNode;
  /** The page that shows all of it. */
  readonly to?: Page["to"];
  readonly children: ReactNode;
  readonly className?: string;
}

/** A framed part of a page with its heading. */
export function Panel({ title, note, to, children, className = "" }: PanelProps): ReactNode {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`@container min-w-0 bg-n2 ${className}`}>
      <header className="flex items-baseline gap-2 border-n4 border-b px-3 py-2">
        <h2 id={id} className="font-medium text-13 text-n12">
          {title}
        </h2>
        {note !== undefined && <span className="text-12 text-n9">{note}</span>}
        {to !== undefined && (
          <Link to={to} className="ml-auto text-12 text-n9 hover:text-n12" aria-label={`All of ${title}`}>
            all →
          </Link>
        )}
      </header>
      {children}
    </section>
  );
}

/** What stands where there is nothing: that there is nothing, and what would bring something. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="px-3 py-6 text-center">
      <p className="text-13 text-n11">{title}</p>
      {children !== undefined && <p className="mx-auto mt-1 max-w-96 text-12 text-n9">{children}</p>}
    </div>
  );
}

/** What stands where something is made of all facts of a time, which a replay does not have. */
export function NotInReplay({ what }: { readonly what: string }): ReactNode {
  return (
    <p className="px-3 py-1.5 text-12 text-n9" data-absent="">
      {what}: not in a replay, as it is made of all that is known of a stretch of time, also of what was said later. The
      live desk has it.
    </p>
  );
}

/** Bars where rows will be, as high as they will be, so that nothing jumps when they come. */
export function Skeleton({ rows }: { readonly rows: number }): ReactNode {
  return (
    <div aria-busy="true" data-skeleton="" className="px-3 py-2">
      <span className="sr-only">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike
        <div key={row} aria-hidden="true" className="flex h-8 items-center gap-4">
          <div className="skeleton h-3 w-1/3" />
          <div className="skeleton ml-auto h-3 w-16" />
          <div className="skeleton h-3 w-16" />
        </div>
      ))}
    </div>
  );
}

/** What went wrong, what it means, and what to do about it. */
export function Trouble({
  title,
  children,
  retry,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly retry?: () => void;
}): ReactNode {
  return (
    <div role="alert" className="m-3 border border-bad/50 px-4 py-3 rounded">
      <p className="font-medium text-14 text-n12">
        <span aria-hidden="true" className="text-bad">
          ⚠{" "}
        </span>
        {title}
      </p>
      <p className="mt-1 text-13 text-n10">{children}</p>
      {retry !== undefined && (
        <button type="button" onClick={retry} className="mt-3 rounded border border-n6 px-3 py-1 text-13 hover:bg-n3">
          Try again
        </button>
      )}
    </div>
  );
}
