/** Sets a key as the newest of its map; when there are then more than `max`, the key that was set longest ago goes. */
export function putBounded<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  const { value: oldest, done } = map.keys().next();
  if (done !== true) map.delete(oldest);
}
