import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The version that is compared with. */
const VERSION = "4.5.84";
const CACHE = join(tmpdir(), `deskwatch-bench-ccxt-${VERSION}`);
const ORDER_BOOK = join(CACHE, "node_modules", "ccxt", "js", "src", "base", "ws", "OrderBook.js");
const INSTALL_MS = 300_000;

/** One side of a book of ccxt: takes price and size as numbers, and is the list of its levels. */
export interface CcxtSide extends Iterable<readonly [price: number, size: number]> {
  readonly storeArray: (level: readonly [price: number, size: number]) => void;
}

export interface CcxtBook {
  readonly bids: CcxtSide;
  readonly asks: CcxtSide;
}

/**
 * Makes books of ccxt, or says why not. ccxt is 67 MB and no dependency: it stands in a cache in the temporary
 * directory, put there by npm when `--with-ccxt` is given.
 */
export async function ccxtBooks(): Promise<(() => CcxtBook) | string> {
  if (!existsSync(ORDER_BOOK)) {
    if (!process.argv.includes("--with-ccxt")) return "not compared with ccxt: give --with-ccxt to have npm fetch it";
    const failure = install();
    if (failure !== undefined) return `not compared with ccxt: ${failure}`;
  }
  const { OrderBook } = await import(pathToFileURL(ORDER_BOOK).href);
  return () => new OrderBook({}, Number.MAX_SAFE_INTEGER);
}

function install(): string | undefined {
  console.log(`  fetching ccxt ${VERSION} into ${CACHE}`);
  try {
    mkdirSync(CACHE, { recursive: true });
    const what = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", CACHE];
    execFileSync("npm", [...what, `ccxt@${VERSION}`], { stdio: "ignore", timeout: INSTALL_MS });
    return existsSync(ORDER_BOOK) ? undefined : "npm put it elsewhere than expected";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
