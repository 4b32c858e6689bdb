/** What a reader would type: the fenced `sh` blocks of a Markdown document, in order. */
export const shellBlocks = (markdown: string): string[] =>
  [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");

/** The commands of a block, one an item; lines joined by a backslash or within quotes are one command; no comments. */
export function commandsOf(block: string): string[] {
  const commands: string[] = [];
  let open = "";
  for (const line of block.split("\n")) {
    const text = open === "" ? line : `${open}\n${line}`;
    const isOpen = line.endsWith("\\") || (text.match(/(?<!\\)'/g)?.length ?? 0) % 2 === 1;
    open = isOpen ? text : "";
    if (!isOpen && text.trim() !== "" && !text.trim().startsWith("#")) commands.push(text.trim());
  }
  return open === "" ? commands : [...commands, open];
}
