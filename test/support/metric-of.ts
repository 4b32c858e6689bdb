import { callRaw } from "./raw-http.ts";

/** The value of a metric without labels; NaN when the hub does not have it. */
export async function metricOf(url: string, name: string): Promise<number> {
  const { text } = await callRaw(url, { path: "/metrics" });
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}
