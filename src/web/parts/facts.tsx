import type { ReactNode } from "react";

/** A list of names and values, the values in a column at the right. */
export function Facts({ children }: { readonly children: ReactNode }): ReactNode {
  return <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 px-3 py-2">{children}</dl>;
}

/** One name and its value. */
export function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <>
      <dt className="min-w-0 text-n9 [overflow-wrap:anywhere]">{term}</dt>
      <dd className="text-right text-n12">{children}</dd>
    </>
  );
}
