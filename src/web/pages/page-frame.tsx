import type { ReactNode } from "react";

/** A page with its heading, and its one table or more below. */
export function PageFrame({
  title,
  note,
  actions,
  children,
}: {
  readonly title: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className="flex min-h-full flex-col bg-n2">
      <header className="flex flex-wrap items-baseline gap-x-3 border-n4 border-b px-3 py-2.5">
        <h1 className="font-medium text-16 text-n12">{title}</h1>
        {note !== undefined && <span className="text-13 text-n9">{note}</span>}
        {actions !== undefined && <span className="ml-auto">{actions}</span>}
      </header>
      {children}
    </div>
  );
}
