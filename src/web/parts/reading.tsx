import type { ReactNode } from "react";
import type { Reading } from "../live/use-read.ts";
import { NotInReplay, Skeleton, Trouble } from "./panel.tsx";

interface ReadingProps<T> {
  readonly reading: Reading<T>;
  /** What could not be read, as a sentence begins: `Markouts`. */
  readonly what: string;
  /** How high it will be, in rows. */
  readonly rows: number;
  /** What is shown of what came, and of the local time (ms) at which it came. */
  readonly children: (data: T, atMs: number) => ReactNode;
}

/** Something that is read: bars until it came, why it could not be, what came, and that it is old. */
export function Read<T>({ reading, what, rows, children }: ReadingProps<T>): ReactNode {
  const { data, atMs, trouble, absent, again } = reading;
  if (absent) return <NotInReplay what={what} />;
  if (data === undefined || atMs === undefined) {
    if (trouble === undefined) return <Skeleton rows={rows} />;
    return (
      <Trouble title={`${what} could not be read`} retry={again}>
        {trouble}
      </Trouble>
    );
  }
  return (
    <>
      {trouble !== undefined && (
        <p className="px-3 py-1 text-12 text-stale" data-old="">
          <span aria-hidden="true">⚠</span> old: {trouble}
        </p>
      )}
      {children(data, atMs)}
    </>
  );
}
