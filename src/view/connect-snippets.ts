/** A way to send the first event, ready to be copied. */
export interface Snippet {
  readonly name: string;
  readonly label: string;
  /** What has to be there before it runs; empty when nothing has. */
  readonly needs: string;
  readonly code: string;
}

/** The client is in no registry: it is installed from a file. */
export const PACK_CLIENT = "npm pack --workspace packages/client";
const KEY_PLACEHOLDER = "dw_YOUR_KEY";
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]", "::1"]);

/** True when the host name (of `location.hostname`) is this machine, so that no key is asked for. */
export const isLoopback = (hostname: string): boolean =>
  LOOPBACK.has(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname);

/** The ways to send a first event to the hub at `origin`; with a placeholder for a key when one is needed. */
export function connectSnippets(origin: string, needsKey: boolean): Snippet[] {
  return [
    {
      name: "curl-edge",
      label: "curl, an edge",
      needs: "",
      code: curl(origin, "/api/edges", { needsKey, body: EDGE }),
    },
    {
      name: "curl-fill",
      label: "curl, a fill",
      needs: "",
      code: curl(origin, "/api/v1/events", { needsKey, body: FILL }),
    },
    {
      name: "typescript",
      label: "TypeScript",
      needs: `the client: in Deskwatch's folder ${PACK_CLIENT}, then in the bot's npm install FOLDER/deskwatch-client-*.tgz`,
      code: typescript(origin, needsKey),
    },
    {
      name: "python",
      label: "Python",
      needs: "examples/python/deskwatch_reporter.py beside your bot",
      code: python(origin, needsKey),
    },
  ];
}

const EDGE = `{
    "pair_id": "pm-0x1234:kalshi-ABC",
    "primary_market": "Market A",
    "hedge_market": "Market B",
    "net_edge_cents": 3.2,
    "confidence": 0.88,
    "expected_slippage_cents": 0.4,
    "leader": "polymarket",
    "timestamp": "2024-01-01T00:00:00Z"
  }`;

const FILL = `{
    "type": "fill",
    "bot": "my-bot",
    "ts": "'"$(date -u +%FT%TZ)"'",
    "fill_id": "1",
    "venue": "binance",
    "symbol": "BTCUSDT",
    "side": "buy",
    "price": "64000.50",
    "size": "0.01"
  }`;

function curl(origin: string, path: string, { needsKey, body }: { needsKey: boolean; body: string }): string {
  const key = needsKey ? `  -H 'Authorization: Bearer ${KEY_PLACEHOLDER}' \\\n` : "";
  return `curl -X POST ${origin}${path} \\\n  -H 'Content-Type: application/json' \\\n${key}  -d '${body}'`;
}

const typescript = (origin: string, needsKey: boolean): string => `import { createReporter } from "@deskwatch/client";

const reporter = createReporter({
  url: "${origin}",
  bot: "my-bot",${needsKey ? `\n  key: "${KEY_PLACEHOLDER}",` : ""}
});

reporter.fill({
  fill_id: "1",
  venue: "binance",
  symbol: "BTCUSDT",
  side: "buy",
  price: "64000.50",
  size: "0.01",
});

await reporter.close();`;

const python = (origin: string, needsKey: boolean): string => `from deskwatch_reporter import Reporter

reporter = Reporter("${origin}", bot="my-bot"${needsKey ? `, key="${KEY_PLACEHOLDER}"` : ""})

reporter.fill(
    fill_id="1",
    venue="binance",
    symbol="BTCUSDT",
    side="buy",
    price="64000.50",
    size="0.01",
)

reporter.close()`;
