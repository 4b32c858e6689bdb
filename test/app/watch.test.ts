import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { registerWatch } from "../../src/app/commands/watch.ts";
import { FakeKalshi } from "../fakes/fake-kalshi.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { scratchHub } from "../support/scratch-hub.ts";
import { typed } from "../support/typed-command.ts";
import { waitUntil } from "../support/wait-until.ts";

const FED = "KXFED-27APR-T4.25";
const CPI = "KXCPI-27MAR-T0.3";

async function kalshi(): Promise<FakeKalshi> {
  const venue = await FakeKalshi.start([FED, CPI]);
  onTestFinished(() => venue.close());
  for (const ticker of [FED, CPI]) {
    venue.market(ticker).put("yes", 4_500, 1_250);
    venue.market(ticker).put("no", 5_300, 2_000);
  }
  return venue;
}

/** Types the command, and stops it once `until` has come about. */
async function watched(args: readonly string[], environment: NodeJS.ProcessEnv, until: () => Promise<void>) {
  const stopping = new AbortController();
  const running = typed([(program, io) => registerWatch(program, io, () => stopping.signal)], ["watch", ...args], {
    environment,
  });
  try {
    await until();
  } finally {
    stopping.abort();
  }
  return running;
}

const typedWatch = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  typed([(program, io) => registerWatch(program, io, () => AbortSignal.abort())], ["watch", ...args], { environment });

const file = (name: string, text: string): string => {
  const path = join(scratchDirectory(), name);
  writeFileSync(path, text);
  return path;
};

test("books of the markets in the file are at the hub, with marks, instruments and the state of the feed", async () => {
  const [venue, hub] = [await kalshi(), await scratchHub()];
  const { rest_url, ws_url } = venue.settings;
  const config = file(
    "deskwatch.yaml",
    `venues:\n  - venue: kalshi\n    name: kalshi-demo\n    markets: [${FED}, ${CPI}]\n    rest_url: ${rest_url}\n    ws_url: ${ws_url}\n`,
  );
  const environment = {
    KALSHI_API_KEY_ID: venue.secrets.keyId.reveal(),
    KALSHI_PRIVATE_KEY_FILE: file("key.pem", venue.secrets.privateKey.reveal()),
  };
  const read = async (path: string): Promise<string> => (await fetch(`${hub.url}${path}`)).text();
  let books: { readonly orderbooks: readonly object[] } = { orderbooks: [] };
  const ran = await watched(["--config", config, "--url", hub.url, "--json"], environment, async () => {
    await waitUntil("both books and their titles are at the hub", async () => {
      books = JSON.parse(await read("/api/v1/orderbooks"));
      return books.orderbooks.filter((book) => "title" in book).length === 2;
    });
    await waitUntil("the feed is healthy at the hub", async () => {
      const health = JSON.parse(await read("/api/health"));
      return health.venues.some(
        (one: { venue: string; connected: boolean }) => one.venue === "kalshi-demo" && one.connected,
      );
    });
  });
  expect(books.orderbooks).toMatchObject([
    { venue: "kalshi-demo", symbol: CPI, bids: [["0.45", "12.5"]], asks: [["0.47", "20"]], stale: false },
    { venue: "kalshi-demo", symbol: FED, bids: [["0.45", "12.5"]], asks: [["0.47", "20"]], stale: false },
  ]);
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.out)).toMatchObject({ malformed: 0, gaps: 0, dropped: 0 });
  expect(ran.err).toContain("kalshi-demo  connected");
  // What the venue's key is stands nowhere: not in the output, not in the log of the hub.
  const pem = venue.secrets.privateKey.reveal().split("\n")[3] ?? "";
  const everything = ran.out + ran.err + (await read("/api/v1/events?limit=1000"));
  for (const secret of [environment.KALSHI_API_KEY_ID, pem]) expect(everything).not.toContain(secret);
});

test("a market that is named on the command line is watched without a file", async () => {
  const [venue, hub] = [await kalshi(), await scratchHub()];
  const { keyId, privateKey } = venue.secrets;
  const environment = {
    KALSHI_API_KEY_ID: keyId.reveal(),
    KALSHI_PRIVATE_KEY: privateKey.reveal().replaceAll("\n", "\\n"),
  };
  const set = Object.entries(venue.settings).flatMap(([name, value]) => ["--set", `kalshi.${name}=${value}`]);
  const args = ["--market", `kalshi:${FED}`, ...set, "--url", hub.url, "--bot", "eyes"];
  const ran = await watched(args, environment, () =>
    waitUntil("the book is at the hub", async () => {
      const answer = await fetch(`${hub.url}/api/v1/orderbooks?bot=eyes`);
      return JSON.stringify(await answer.json()).includes(FED);
    }),
  );
  expect(ran.code).toBe(0);
  expect(ran.out).toContain(" books, ");
});

test.each([
  ["venues: [{ venue: kalschi, markets: [A] }]", "venues[0].venue: expected one of kalshi"],
  ["venues: [{ venue: kalshi, marktes: [A] }]", "venues[0].marktes: expected a setting of kalshi"],
  ["venues: [{ venue: kalshi, ws_url: [A] }]", "venues[0].ws_url: expected a text"],
  ["venues: [{ venue: kalshi }, { venue: kalshi }]", "venues[1].name: expected another name"],
  ["venues: []", "does not say what to watch"],
  ["{}", "does not say what to watch"],
  ["venues: [{ venue: kalshi, markets: [A] }]", "kalshi needs KALSHI_API_KEY_ID"],
])("refuses a file when it cannot be watched: %s", async (text, problem) => {
  const ran = await typedWatch(["--config", file("deskwatch.yaml", text)]);
  expect(ran).toMatchObject({ code: 2, out: "" });
  expect(ran.err).toContain(problem);
});

test.each([
  [{ KALSHI_API_KEY_ID: "id", KALSHI_PRIVATE_KEY: "canary-in-a-key" }, "the private key is not an RSA key in PEM"],
  [{ KALSHI_API_KEY_ID: "id", KALSHI_PRIVATE_KEY_FILE: "/nowhere/at/all" }, "ENOENT"],
  [{ KALSHI_API_KEY_ID: "canary-in-an-id" }, "KALSHI_PRIVATE_KEY"],
])("refuses credentials that cannot be used, and does not show them: %s", async (environment, problem) => {
  const config = file("deskwatch.yaml", "venues: [{ venue: kalshi, markets: [A] }]");
  const ran = await typedWatch(["--config", config], environment);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain(problem);
  expect(ran.err).not.toContain("canary");
});

test.each([
  [["--market", `kalshi:${FED}`, "--mode", "dreamt"], "--mode"],
  [["--market", `kalshi:${FED}`, "--levels", "0"], "--levels"],
  [["--market", `kalshi:${FED}`, "--every", "soon"], "--every"],
  [["--market", "kalshi"], "VENUE:SYMBOL"],
  [["--set", "kalshi.ws_url=ws://x"], "--set"],
  [["--market", `kalshi:${FED}`, "--set", "kalshi.use_yes_price=perhaps"], "use_yes_price"],
])("refuses flags when they make no sense: %s", async (flags, problem) => {
  const venue = await kalshi();
  const { keyId, privateKey } = venue.secrets;
  const ran = await typedWatch(flags, { KALSHI_API_KEY_ID: keyId.reveal(), KALSHI_PRIVATE_KEY: privateKey.reveal() });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain(problem);
});
