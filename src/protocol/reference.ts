/** How one event speaks of another of its bot by its id. No natural key is of two parts. */
export const referenceById = (bot: string, id: string): string => `${id}\t${bot}`;

/** The bot and id that a reference names; undefined where it is a natural key. */
export function namedById(reference: string): { readonly bot: string; readonly id: string } | undefined {
  const [id, bot, ...more] = reference.split("\t");
  return id === undefined || bot === undefined || more.length > 0 ? undefined : { bot, id };
}
