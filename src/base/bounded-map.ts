/**
 * Where the oldest key of a map is. A map keeps the places of deleted keys for a while, and a new iterator passes all of
 * them: with many thousand keys that took longer than all else that is done with an event. No live key lies behind.
 */
const oldestKeys = new WeakMap<object, Iterator<unknown>>();

/** Sets a key as the newest of its map; when there are then more than `max`, the key that was set longest ago goes. */
export function putBounded<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  map.delete(oldestKeyOf(map));
}

/** The key that was set longest ago, of a map that is not empty. The caller deletes it from the map. */
export function oldestKeyOf<K>(map: ReadonlyMap<K, unknown>): K {
  const { value: oldest, done } = (oldestKeys.get(map) ?? keysOf(map)).next();
  return (done === true ? keysOf(map).next().value : oldest) as K;
}

function keysOf(map: ReadonlyMap<unknown, unknown>): Iterator<unknown> {
  const keys = map.keys();
  oldestKeys.set(map, keys);
  return keys;
}
