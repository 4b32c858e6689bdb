import type { ReactNode } from "react";
import { controlledRows, linkShown } from "../../view/control-rows.ts";
import { controlMark, STATE_MEANS } from "../../view/control-words.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { ControlButtons } from "./control-buttons.tsx";
import { Mark } from "./marks.tsx";
import { HeldAndProof } from "./proof-line.tsx";
import { Value } from "./value.tsx";

/** What one bot may do, the buttons that change it, and how far its newest command came; nothing until it was read. */
export function BotControl({ bot: name }: { readonly bot: string }): ReactNode {
  const data = useCell(useDesk().controls);
  const nowMs = useDeskNowMs();
  const bot = data?.bots.find((each) => each.bot === name);
  if (data === undefined || bot === undefined) return null;
  const [row] = controlledRows({ ...data, bots: [bot] });
  if (row === undefined) return null;
  return (
    <section
      aria-label="Control"
      className="flex w-full flex-col gap-1.5"
      data-controlled={name}
      data-state={bot.state}
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 text-13">
        <span className="text-n9">
          may do: <Mark mark={controlMark(bot.state)} title={STATE_MEANS[bot.state]} />
        </span>
        <span className="text-n9">
          hears commands: <Value shown={linkShown(bot, nowMs)} />
        </span>
        <ControlButtons target={{ bot: name }} state={bot.state} />
      </div>
      <HeldAndProof row={row} />
    </section>
  );
}
