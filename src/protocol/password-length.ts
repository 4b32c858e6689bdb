/** How many characters a password has. Apart from the schemas, which the page leaves out. */
export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 128;
