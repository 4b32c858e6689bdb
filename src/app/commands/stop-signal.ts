/** Aborted by the first Ctrl-C or SIGTERM; the second ends the process as it always does. */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    stopping.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return stopping.signal;
}
