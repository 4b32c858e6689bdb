import type { ReactNode } from "react";
import type { MadeIn } from "../../view/performance-rows.ts";
import { Value } from "./value.tsx";

/** Money with its currency beside it. */
export function MadeValue({ made: { shown, currency } }: { readonly made: MadeIn }): ReactNode {
  return (
    <span className="whitespace-nowrap">
      <Value shown={shown} flash />
      {currency !== undefined && <span className="text-12 text-n9"> {currency}</span>}
    </span>
  );
}
