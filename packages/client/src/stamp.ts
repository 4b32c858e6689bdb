import { randomBytes } from "node:crypto";

const MS_PER_SECOND = 1000;

/** Writes a time in ms as ISO-8601 in UTC. The part above the second is kept between calls: most calls share it. */
export function createIsoWriter(): (time: number) => string {
  let second = Number.NaN;
  let prefix = "";
  return (time) => {
    const at = Math.floor(time);
    const thisSecond = Math.floor(at / MS_PER_SECOND);
    if (thisSecond !== second) {
      prefix = new Date(thisSecond * MS_PER_SECOND).toISOString().slice(0, -4);
      second = thisSecond;
    }
    const ms = at - thisSecond * MS_PER_SECOND;
    return `${prefix}${ms < 10 ? "00" : ms < 100 ? "0" : ""}${ms}Z`;
  };
}

/** Ids that no other reporter makes, before or after a restart: the time of the start, chance, and a counter. */
export function createIds(startedAtMs: number): () => string {
  const prefix = `${Math.floor(startedAtMs).toString(36)}-${randomBytes(6).toString("hex")}`;
  let count = 0;
  return () => `${prefix}-${count++}`;
}
