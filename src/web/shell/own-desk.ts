import { isLoopback } from "../../view/connect-snippets.ts";

const KEPT = "deskwatch.own-desk";

/** The address of a demo desk, which then knows the way back to the desk at `origin`. */
export const demoAddress = (url: string, origin: string): string => `${url}#from=${encodeURIComponent(origin)}`;

/** The desk on this machine that an address says the demo was opened from; undefined when it says none. */
function deskIn(hash: string): string | undefined {
  const said = new URLSearchParams(hash.slice(1)).get("from");
  const url = said === null ? null : URL.parse(said);
  return url !== null && /^https?:$/.test(url.protocol) && isLoopback(url.hostname) ? url.origin : undefined;
}

const opened = deskIn(location.hash);
if (opened !== undefined) sessionStorage.setItem(KEPT, opened);

/** The desk from which this demo was opened, for as long as its tab is there. */
export const ownDesk = (): string | undefined => sessionStorage.getItem(KEPT) ?? undefined;
