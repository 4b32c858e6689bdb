import { dirname } from "node:path";
import type { DeskAnswer } from "../../protocol/api-sessions.ts";
import type { Config } from "../config.ts";
import { tellParent, untilStopped } from "../simulate/parent.ts";
import { startDesk } from "../wiring.ts";
import { wipeDemoStore, wipeProblem } from "./demo-store.ts";
import { Generator, type GeneratorState } from "./generator.ts";

export interface DemoDeskOptions {
  readonly config: Config;
  /** Of the demo's own store. */
  readonly directory: string;
  readonly seed: number;
  readonly hours: number;
  readonly speed: number;
}

/** The made-up desk is larger than the one that the usual limits are for: with these, all three levels are there to see. */
const DEMO_LIMITS = { low_usd: 100, high_usd: 1_000 };

/** Runs a hub on the demo's store with the simulator beside it, until a signal or until it is wiped. */
export async function runDemoDesk({ config, directory, ...asked }: DemoDeskOptions): Promise<void> {
  const dataDir = dirname(directory);
  let generator: Generator | undefined;
  let askWipe: () => void = () => undefined;
  const wipeAsked = new Promise<"wipe">((settle) => {
    askWipe = () => settle("wipe");
  });
  const stopped = untilStopped().then(() => "stop" as const);
  const demo = (): DeskAnswer["demo"] => generator?.state ?? { state: "filling", seed: asked.seed };
  const desk = await startDesk(
    { ...config, dataDir: directory, exposureLimits: config.exposureLimits ?? DEMO_LIMITS },
    {
      defaultMode: "demo",
      demo,
      demoControl: { wiper: { problem: () => wipeProblem(dataDir), wipe: () => askWipe() } },
    },
  );
  const tell = ({ state }: GeneratorState): void => tellParent({ url: desk.url, state });
  console.log(`Deskwatch demo is ready at ${desk.url}`);
  console.log("All of it is made up. Wipe it on its page, or with: deskwatch demo --wipe");
  generator = new Generator({
    ...{ ...asked, url: desk.url, directory },
    onChange: tell,
    onDied: (why) => console.error(`deskwatch: the simulator has stopped: ${why}`),
  });
  tell(generator.state);
  const how = await Promise.race([stopped, wipeAsked]);
  await generator.stop({ atOnce: how === "wipe" });
  await desk.close();
  if (how === "wipe") report(directory, wipeDemoStore(dataDir));
}

function report(directory: string, wiped: ReturnType<typeof wipeDemoStore>): void {
  if (wiped.ok) return console.log(`The demo is wiped: ${directory} is gone.`);
  console.error(`deskwatch: ${wiped.error}`);
  process.exitCode = 1;
}
