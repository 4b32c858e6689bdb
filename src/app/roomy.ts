/** Commands that read millions of events and then end: what they keep for a moment is not to be kept for long. */
const COMMANDS = new Set(["import", "replay", "report"]);
const FLAGS = [
  "--max-semi-space-size=32",
  "--min-semi-space-size=32",
  "--initial-old-space-size=128",
  "--no-allocation-site-pretenuring",
];
const MARK = "DESKWATCH_ROOMY";

/**
 * Begins such a command again with a young generation large enough that what it makes of an event is gone before it is
 * copied, and an old one that is not collected while it is small: it then takes two thirds of the time. Node sets these
 * sizes at its start only.
 * Does nothing where a process cannot be replaced, nor for one that goes on as a server.
 */
export function beginRoomy({ argv, execArgv, env, execve, platform, channel }: NodeJS.Process = process): void {
  // There the function is, and throws; and a channel to the parent would be lost.
  if (platform === "win32" || channel !== undefined) return;
  const [node, ...args] = argv;
  if (execve === undefined || node === undefined || env[MARK] !== undefined || !COMMANDS.has(args[1] ?? "")) return;
  if (args.some((arg) => arg === "--port" || arg.startsWith("--port="))) return;
  const kept = execArgv.filter((flag) => !flag.includes("semi-space-size"));
  execve(node, [node, ...kept, ...FLAGS, ...args], { ...env, [MARK]: "1" });
}

/** Whether this process has begun again so, and will end soon: its memory need not be kept small. */
export const isRoomy = (env: NodeJS.ProcessEnv = process.env): boolean => env[MARK] !== undefined;
