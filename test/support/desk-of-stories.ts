import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { HandDrivenHub } from "./hand-driven-hub.ts";

/** One desk for all stories of a file, each with a bot of its own: `begin` is told its name. No story leaves a problem. */
export function deskOfStories(startMicros: number, prefix: string, begin: (bot: string) => void): HandDrivenHub {
  const desk = new HandDrivenHub(startMicros);
  let count = 0;
  beforeAll(() => desk.start());
  beforeEach(() => begin(`${prefix}-${count++}`));
  afterEach(() => {
    expect(desk.problems).toEqual([]);
  });
  afterAll(async () => {
    await desk.stop();
    desk.remove();
  });
  return desk;
}
