import type { ReactNode } from "react";
import type { MadeIn } from "../../view/performance-rows.ts";
import { Value } from "./value.tsx";

/** Money with its currency beside it, or below it where there is no room. */
export function MadeValue({ made: { shown, currency } }: { readonly made: MadeIn }): ReactNode {
  return (
    <span className="inline-flex max-w-full flex-wrap items-baseline justify-end gap-x-1 whitespace-nowrap align-bottom">
      <Value shown={shown} flash />{" "}
      {currency !== undefined && <span className="wrap-anywhere whitespace-normal text-12 text-n9">{currency}</span>}
    </span>
  );
}
