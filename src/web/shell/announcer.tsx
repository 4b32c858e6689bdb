import { type ReactNode, useEffect, useRef, useState } from "react";
import { type BotCondition, botCondition, countBots, spokenChange } from "../../view/bot-condition.ts";
import { controlAlarms } from "../../view/command-proof.ts";
import { windowTitle } from "../../view/window-title.ts";
import { useCell, useDesk } from "../live/use-desk.ts";

/** Says aloud, politely, what changes of the connection and of the bots; keeps the title of the window true. */
export function Announcer(): ReactNode {
  const spoken = useSpoken();
  const alarm = useControlAlarm();
  useWindowTitle();
  return (
    <>
      <div role="status" aria-live="polite" className="sr-only" data-announcer="">
        {spoken}
      </div>
      <div role="alert" className="sr-only" data-alarm="">
        <span key={alarm.count}>{alarm.text}</span>
      </div>
    </>
  );
}

const SPOKEN_AT_ONCE = 3;

function useSpoken(): string {
  const desk = useDesk();
  const bots = useCell(desk.bots);
  const { state } = useCell(desk.connection);
  const [spoken, setSpoken] = useState("");
  const conditions = useRef(new Map<string, BotCondition>());
  const lost = useRef(false);
  useEffect(() => {
    if (state === "reconnecting" && !lost.current) setSpoken("Connection to the hub lost, reconnecting.");
    if (state === "live" && lost.current) setSpoken("Connected again.");
    lost.current = state === "reconnecting" || (lost.current && state !== "live");
  }, [state]);
  useEffect(() => {
    const changes: string[] = [];
    const now = new Map<string, BotCondition>();
    for (const { data } of bots ?? []) {
      const condition = botCondition(data);
      const change = spokenChange(conditions.current.get(data.bot), condition, data.bot);
      if (change !== undefined) changes.push(change);
      now.set(data.bot, condition);
    }
    conditions.current = now;
    if (changes.length === 0) return;
    const more = changes.length > SPOKEN_AT_ONCE ? ` And ${changes.length - SPOKEN_AT_ONCE} bots more.` : "";
    setSpoken(changes.slice(0, SPOKEN_AT_ONCE).join(" ") + more);
  }, [bots]);
  return spoken;
}

/** What is said; the same words again are another alarm. */
interface Alarm {
  readonly count: number;
  readonly text: string;
}

/** Says at once what goes wrong with a command; not what had gone wrong before the page was opened. */
function useControlAlarm(): Alarm {
  const commands = useCell(useDesk().controls)?.commands;
  const known = useRef<ReadonlySet<string>>(undefined);
  const [alarm, setAlarm] = useState<Alarm>({ count: 0, text: "" });
  useEffect(() => {
    if (commands === undefined) return;
    const alarms = controlAlarms(commands);
    const before = known.current;
    known.current = new Set(alarms.keys());
    const fresh = before === undefined ? [] : [...alarms].filter(([key]) => !before.has(key)).map(([, text]) => text);
    if (fresh.length === 0) return;
    const more = fresh.length > SPOKEN_AT_ONCE ? ` And ${fresh.length - SPOKEN_AT_ONCE} more.` : "";
    const text = fresh.slice(0, SPOKEN_AT_ONCE).join(" ") + more;
    setAlarm(({ count }) => ({ count: count + 1, text }));
  }, [commands]);
  return alarm;
}

function useWindowTitle(): void {
  const desk = useDesk();
  const bots = useCell(desk.bots);
  const { state } = useCell(desk.connection);
  const about = useCell(desk.about);
  const replayed = desk.source !== undefined;
  // A replay counts nobody: "live" in its title would be a lie.
  const counts = bots === undefined || replayed ? undefined : countBots(bots.map(({ data }) => data));
  const notLive = [...(replayed ? ["REPLAY" as const] : []), ...(about?.kind === "demo" ? ["DEMO" as const] : [])];
  const title = windowTitle(state, counts, notLive);
  useEffect(() => {
    document.title = title;
  }, [title]);
}
