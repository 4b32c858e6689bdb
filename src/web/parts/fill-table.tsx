import { type CSSProperties, memo, type ReactNode, useId } from "react";
import type { FillView } from "../../protocol/api.ts";
import { type FillRow, fillRow } from "../../view/fill-row.ts";
import { moment } from "../../view/time-format.ts";
import { RowMode } from "./marks.tsx";
import { toneClass, Value } from "./value.tsx";

/** The heads of a table of fills; units stand here, not in the cells. */
const fillHeads = [
  { name: "time", head: "Time UTC", hint: "the bot's time" },
  { name: "bot", head: "Bot", hint: undefined },
  { name: "market", head: "Market", hint: "symbol, or the pair of a pair trade" },
  { name: "venue", head: "Venue", hint: undefined },
  { name: "side", head: "Side", hint: undefined },
  { name: "price", head: "Price", hint: "in the quote currency" },
  { name: "size", head: "Size", hint: "in units of the market, or in USD where it says so" },
  { name: "edge", head: "Edge ¢", hint: "entry → realised, cents" },
  { name: "fee", head: "Fee", hint: "paid; below zero is a rebate" },
  { name: "pnl", head: "PnL USD", hint: "as the bot reported it" },
] as const;

const numericNames = new Set(["price", "size", "edge", "fee", "pnl"]);

const headClass = (name: string): string => `fill-${name} ${numericNames.has(name) ? "text-right" : ""}`;

/** The row of heads; a card has none. */
export function FillHeads(): ReactNode {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the row of heads is not for focus
    // biome-ignore lint/a11y/useSemanticElements: a table that shows only a part of its rows is made of roles
    <div role="row" aria-rowindex={1} className="fill-heads">
      {fillHeads.map(({ name, head, hint }) => (
        // biome-ignore lint/a11y/useFocusableInteractive: nothing happens when a head is pressed
        // biome-ignore lint/a11y/useSemanticElements: see above
        <div key={name} role="columnheader" title={hint} className={headClass(name)}>
          {head}
        </div>
      ))}
    </div>
  );
}

interface FillLineProps {
  readonly fill: FillView;
  /** The reader's today, as the day's first moment (ms), so that a row renders again only when the day turns. */
  readonly todayMs: number;
  readonly rowIndex: number | undefined;
  readonly style?: CSSProperties;
}

function PlainFillLine({ fill, todayMs, rowIndex, style }: FillLineProps): ReactNode {
  const row = fillRow(fill);
  const cells = { time: moment(fill.timestamp, todayMs), ...row };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table that shows only a part of its rows is made of roles
    <div
      role="row"
      aria-rowindex={rowIndex}
      tabIndex={-1}
      data-row=""
      data-fill-id={fill.fill_id}
      data-seq={fill.seq}
      style={style}
      className={`fill-row data-row ${fill.voided ? "line-through opacity-60" : ""}`}
    >
      {fillHeads.map(({ name }) => (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <div key={name} role="cell" className={headClass(name)}>
          {name === "bot" ? (
            <BotCell fill={fill} />
          ) : name === "market" ? (
            <MarketCell row={row} />
          ) : (
            <Value shown={cells[name]} />
          )}
        </div>
      ))}
    </div>
  );
}

/** One fill. */
export const FillLine = memo(PlainFillLine);

function BotCell({ fill }: { readonly fill: FillView }): ReactNode {
  return (
    <span className="flex items-center gap-1.5">
      <span className="truncate">{fill.bot}</span>
      <RowMode mode={fill.mode} />
    </span>
  );
}

function MarketCell({ row }: { readonly row: FillRow }): ReactNode {
  return (
    <span className="flex items-baseline gap-1.5">
      <span className="truncate" title={row.market.text}>
        <Value shown={row.market} />
      </span>
      <Flags flags={row.flags} />
    </span>
  );
}

/** What is odd about a fill; why stands beside it while the pointer or the focus is on it or its row. */
function Flags({ flags }: { readonly flags: FillRow["flags"] }): ReactNode {
  return flags.map(({ name, meaning }) => <Flag key={name} name={name} meaning={meaning} />);
}

function Flag({ name, meaning }: FillRow["flags"][number]): ReactNode {
  const words = useId();
  return (
    <span className="hinted fill-flag">
      <button type="button" aria-describedby={words} className={`text-12 no-underline ${toneClass("stale")}`}>
        <span aria-hidden="true">⚠ </span>
        {name}
      </button>
      <span role="note" id={words} className="hint">
        {meaning}
      </span>
    </span>
  );
}

const DAY_MS = 86_400_000;

/** The first moment of the UTC day of `nowMs`. */
export const dayOf = (nowMs: number): number => Math.floor(nowMs / DAY_MS) * DAY_MS;
