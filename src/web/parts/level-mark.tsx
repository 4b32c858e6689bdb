import type { ReactNode } from "react";
import type { ExposureLevel } from "../../view/exposure-level.ts";
import { toneClass } from "./value.tsx";

/** How much an exposure is: sign and word in its colour, the limits on hover. */
export function LevelMark({ level }: { readonly level: ExposureLevel | undefined }): ReactNode {
  if (level === undefined) return null;
  return (
    <span className={`whitespace-nowrap ${toneClass(level.tone)}`} title={level.detail} data-level={level.word}>
      <span aria-hidden="true" className="font-mono">
        {level.sign}
      </span>{" "}
      {level.word}
    </span>
  );
}
