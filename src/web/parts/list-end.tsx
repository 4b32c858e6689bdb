import type { ReactNode } from "react";

interface ListEndProps {
  /** What is listed, in the plural. */
  readonly what: string;
  /** Which ones are further down the list. */
  readonly further?: "older" | "later";
  readonly state: "idle" | "loading" | "ended" | "failed";
  readonly trouble: string | undefined;
  readonly loadOlder: () => void;
  readonly retry: () => void;
}

/** What stands below a list: that it is all, a way to further ones, or what went wrong. */
export function ListEnd({ what, further = "older", state, trouble, loadOlder, retry }: ListEndProps): ReactNode {
  return (
    <div className="px-3 py-3 text-center text-12 text-n9">
      {state === "loading" && `Loading ${further} ${what}`}
      {state === "ended" && `That is all: there are no ${further} ${what}.`}
      {state === "idle" && (
        <button type="button" onClick={loadOlder} className="rounded border border-n6 px-2 text-n11 hover:bg-n4">
          {further === "older" ? "Older" : "Later"} {what}
        </button>
      )}
      {state === "failed" && (
        <span role="alert">
          <span className="text-bad">⚠ The {what} could not be read.</span> {trouble}{" "}
          <button type="button" onClick={retry} className="rounded border border-n6 px-2 hover:bg-n4">
            Try again
          </button>
        </span>
      )}
    </div>
  );
}
