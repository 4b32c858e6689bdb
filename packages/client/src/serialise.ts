const DEPTH_MAX = 32;
const NODES_MAX = 50_000;

/**
 * The JSON of an event's fields as they are now: later changes to the object are not seen. Never throws, whatever is
 * handed in: a bigint becomes its digits, a circular or unreadable part becomes a marker that says so.
 * Undefined when it is not an object, or cannot be read at all.
 */
export function serialise(fields: unknown): string | undefined {
  try {
    return objectText(JSON.stringify(fields));
  } catch {
    // A bigint, a circle, or a getter or toJSON that throws: the careful way reads what can be read.
    return serialiseCarefully(fields);
  }
}

const objectText = (text: string | undefined): string | undefined =>
  text !== undefined && text.charCodeAt(0) === 123 ? text : undefined;

function serialiseCarefully(fields: unknown): string | undefined {
  try {
    return objectText(JSON.stringify(new Copier().copy(fields, 0)));
  } catch {
    // Even its list of fields cannot be read (a proxy): the caller counts the event as refused.
    return undefined;
  }
}

/** Copies a value into plain data, field by field, with bounds on depth and size. */
class Copier {
  readonly #ancestors = new Set<object>();
  #nodes = 0;

  copy(value: unknown, depth: number): unknown {
    if (typeof value === "bigint") return String(value);
    if (typeof value !== "object" || value === null) return value;
    if (this.#ancestors.has(value)) return "[circular]";
    if (depth > DEPTH_MAX || this.#nodes++ > NODES_MAX) return "[too large]";
    this.#ancestors.add(value);
    const copied = this.#copyObject(value, depth);
    this.#ancestors.delete(value);
    return copied;
  }

  #copyObject(value: object, depth: number): unknown {
    const own = readable(() => ownJson(value));
    if (own !== value) return this.copy(own, depth + 1);
    if (Array.isArray(value))
      return value.map((_, index) =>
        this.copy(
          readable(() => value[index]),
          depth + 1,
        ),
      );
    const copied: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      copied[name] = this.copy(
        readable(() => Reflect.get(value, name)),
        depth + 1,
      );
    }
    return copied;
  }
}

/** What the object itself says its JSON is; the object when it says nothing. */
function ownJson(value: object): unknown {
  const toJson: unknown = Reflect.get(value, "toJSON");
  return typeof toJson === "function" ? Reflect.apply(toJson, value, []) : value;
}

function readable(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    // The marker tells the reader of the event that this part threw when it was read.
    return "[unreadable]";
  }
}
