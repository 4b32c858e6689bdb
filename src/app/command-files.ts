import type { Command } from "commander";

/** One file of commands: the names that it answers to, and the way to add them to the program. */
interface CommandFile {
  readonly names: readonly string[];
  readonly register: (program: Command) => Promise<void>;
}

/** Every command, in the order of the help. A file is loaded when its command is asked for: a hub runs without the others. */
export const commandFiles: readonly CommandFile[] = [
  { names: ["start"], register: async (to) => (await import("./commands/start.ts")).registerStart(to) },
  { names: ["demo"], register: async (to) => (await import("./commands/demo.ts")).registerDemo(to) },
  { names: ["status"], register: async (to) => (await import("./commands/status.ts")).registerStatus(to) },
  {
    names: ["edges", "fills", "orders", "positions", "opportunities"],
    register: async (to) => (await import("./commands/lists.ts")).registerLists(to),
  },
  { names: ["summary"], register: async (to) => (await import("./commands/summary.ts")).registerSummary(to) },
  { names: ["metrics"], register: async (to) => (await import("./commands/metrics.ts")).registerMetrics(to) },
  { names: ["markouts"], register: async (to) => (await import("./commands/markouts.ts")).registerMarkouts(to) },
  { names: ["report"], register: async (to) => (await import("./commands/report.ts")).registerReport(to) },
  {
    names: ["halt", "pause", "resume", "flatten"],
    register: async (to) => (await import("./commands/control.ts")).registerControl(to),
  },
  { names: ["controls"], register: async (to) => (await import("./commands/controls.ts")).registerControls(to) },
  { names: ["halt-rules"], register: async (to) => (await import("./commands/halt-rules.ts")).registerHaltRules(to) },
  { names: ["keys"], register: async (to) => (await import("./commands/keys.ts")).registerKeys(to) },
  { names: ["users"], register: async (to) => (await import("./commands/users.ts")).registerUsers(to) },
  { names: ["audit"], register: async (to) => (await import("./commands/audit.ts")).registerAudit(to) },
  { names: ["send"], register: async (to) => (await import("./commands/send.ts")).registerSend(to) },
  { names: ["import"], register: async (to) => (await import("./commands/import.ts")).registerImport(to) },
  { names: ["income"], register: async (to) => (await import("./commands/income.ts")).registerIncome(to) },
  { names: ["follow"], register: async (to) => (await import("./commands/follow.ts")).registerFollow(to) },
  { names: ["watch"], register: async (to) => (await import("./commands/watch.ts")).registerWatch(to) },
  { names: ["carry"], register: async (to) => (await import("./commands/carry.ts")).registerCarry(to) },
  { names: ["export"], register: async (to) => (await import("./commands/export.ts")).registerExport(to) },
  { names: ["simulate"], register: async (to) => (await import("./commands/simulate.ts")).registerSimulate(to) },
  { names: ["record"], register: async (to) => (await import("./commands/record.ts")).registerRecord(to) },
  { names: ["play"], register: async (to) => (await import("./commands/play.ts")).registerPlay(to) },
  { names: ["replay"], register: async (to) => (await import("./commands/replay.ts")).registerReplay(to) },
  { names: ["config"], register: async (to) => (await import("./commands/config.ts")).registerConfig(to) },
  { names: ["migrate"], register: async (to) => (await import("./commands/migrate.ts")).registerMigrate(to) },
];
