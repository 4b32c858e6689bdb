import { type ReactNode, useState } from "react";

interface CodeBlockProps {
  readonly name: string;
  readonly code: string;
  /** What stands above it: what it needs, or where to run it. */
  readonly note: ReactNode;
}

/** Lines to run elsewhere, with a button that copies them. */
export function CodeBlock({ name, code, note }: CodeBlockProps): ReactNode {
  const [copied, setCopied] = useState<"no" | "yes" | "refused">("no");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(code);
      setCopied("yes");
    } catch {
      // Over plain HTTP browsers give no clipboard: the text is there to be selected.
      setCopied("refused");
    }
  };
  const words = { no: "Copy", yes: "Copied", refused: "Select it and copy" }[copied];
  return (
    <figure className="min-w-0 rounded border border-n5 bg-n1 text-left">
      <figcaption className="flex items-center border-n4 border-b px-3 py-1.5 text-12 text-n9">
        {note}
        <button
          type="button"
          onClick={() => void copy()}
          className="ml-auto rounded border border-n6 px-2 text-12 text-n11 hover:bg-n4"
          aria-live="polite"
        >
          {words}
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keys */}
      <pre tabIndex={0} data-snippet={name} className="overflow-x-auto p-3 font-mono text-13 text-n11">
        {code}
      </pre>
    </figure>
  );
}
