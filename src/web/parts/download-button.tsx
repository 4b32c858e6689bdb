import type { ReactNode } from "react";

interface DownloadButtonProps {
  /** Of the file. */
  readonly name: string;
  readonly type: string;
  readonly body: () => string;
}

/** Hands out a file that the page has made from what it read. */
export function DownloadButton({ name, type, body }: DownloadButtonProps): ReactNode {
  const download = (): void => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([body()], { type }));
    link.download = name;
    link.click();
    // The browser has taken the file by the next turn.
    setTimeout(() => URL.revokeObjectURL(link.href), 0);
  };
  return (
    <button
      type="button"
      onClick={download}
      title={name}
      aria-label={`Download ${name}`}
      className="rounded border border-n6 px-2 text-n11 hover:bg-n4"
    >
      .{name.split(".").at(-1)}
    </button>
  );
}
