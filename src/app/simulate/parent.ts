/** Tells the process that started this one; nothing when that is a shell, or is gone. */
export function tellParent(news: Readonly<Record<string, string>>): void {
  if (process.connected) process.send?.(news);
}

/** Resolves when a signal asks for the end, or when the process that started this one is gone. A second signal ends at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(1);
      asked = true;
      // The channel would keep this process alive.
      if (process.connected) process.disconnect();
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    process.once("disconnect", resolve);
  });
}
