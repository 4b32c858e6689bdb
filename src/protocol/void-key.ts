/** The natural key of the voiding of a fill, by the fill's own: it is taken back once, however many say so. */
export const voidKeyOf = (fillKey: string): string => fillKey.replace("\tfill\t", "\tfill.voided\t");
