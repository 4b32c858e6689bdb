/** An object whose absent fields are absent, not undefined. */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The object without its undefined fields, for types that know absent from undefined. */
export const definedOf = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
