type Save = () => void;

const saves = new Set<Save>();
let listening = false;

/** Calls `save` when the process ends by itself or by `process.exit`. Returns what takes it back. */
export function atExit(save: Save): () => void {
  if (!listening) {
    // One listener for all reporters: Node warns of a leak when there are many.
    process.on("exit", () => {
      for (const one of saves) one();
    });
    listening = true;
  }
  saves.add(save);
  return () => saves.delete(save);
}
