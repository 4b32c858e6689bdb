/** What the folders of `src/` may import. The tsconfig references and every import must say exactly this. */
export interface Layer {
  /** Other folders of `src/`; a folder may always import itself. */
  readonly folders: readonly string[];
  /** Time, randomness, locale and I/O come in as parameters. */
  readonly pure: boolean;
  /** Packages from npm; undefined for any. */
  readonly packages?: readonly string[];
  /** Files under this path are pure although the folder is not: the models inside of processes. */
  readonly pureUnder?: string;
  /** Files that are not pure although the folder is: where it meets the machine. */
  readonly impure?: RegExp;
}

const UP_TO_PROTOCOL = ["base", "domain", "metrics", "protocol"];
const UP_TO_HUB = [...UP_TO_PROTOCOL, "engine", "view", "hub"];
const ADAPTERS = ["store", "http", "imports", "prometheus", "exports", "venues"];

const pure = (folders: readonly string[], packages: readonly string[] = []): Layer => ({
  folders,
  pure: true,
  packages,
});
const adapter: Layer = { folders: UP_TO_HUB, pure: false };

/** Lowest first, as in ARCHITECTURE.md. Adapters never import one another. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  base: pure([]),
  domain: pure(["base"]),
  metrics: pure(["base", "domain"]),
  protocol: pure(["base", "domain"], ["zod"]),
  engine: pure(UP_TO_PROTOCOL),
  view: pure(UP_TO_PROTOCOL),
  hub: { folders: [...UP_TO_PROTOCOL, "engine", "view"], pure: false },
  store: adapter,
  http: adapter,
  imports: adapter,
  prometheus: adapter,
  exports: adapter,
  venues: {
    ...pure(["base", "domain", "protocol"]),
    impure: /^src\/venues\/(?:(?:io|recording)\/|[a-z-]+\/sign\.ts$)/,
  },
  web: { folders: ["base", "domain", "protocol", "view"], pure: false },
  bots: { folders: ["base", "domain", "protocol", "venues"], pure: false, pureUnder: "src/bots/simulator/model/" },
  app: { folders: [...UP_TO_HUB, ...ADAPTERS, "bots"], pure: false },
};

/** The folders that may import the client, and the entry that each may import. */
export const CLIENT_ENTRIES: Readonly<Record<string, string>> = {
  web: "@deskwatch/client/reader",
  bots: "@deskwatch/client",
};

/** Whether a file takes everything as a parameter, and no package but those of its layer. */
export function isPure(path: string): boolean {
  const layer = LAYERS[path.split("/")[1] ?? ""];
  if (layer?.pure === true) return layer.impure?.test(path) !== true;
  return layer?.pureUnder !== undefined && path.startsWith(layer.pureUnder);
}
