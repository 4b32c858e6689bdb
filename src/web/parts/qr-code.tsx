import { type ReactNode, useMemo } from "react";
import { qrSquares } from "../../view/qr.ts";

const QUIET = 4;

/** A text as a QR code, dark on light in either theme: that is what cameras read. Nothing when it is too long for one. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const squares = useMemo(() => qrSquares(new TextEncoder().encode(text)), [text]);
  if (squares === undefined) return null;
  const size = squares.length + 2 * QUIET;
  const path = squares
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")))
    .join("");
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-52 shrink-0 rounded"
    >
      <path d={`M0 0h${size}v${size}H0z`} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
