/** Where a hub is, and what is said with every request to it. */
export interface HubAddress {
  /** The URL of a route below the hub's address. */
  readonly route: (path: string) => URL;
  /** The header that says who asks; undefined without a key. */
  readonly authorization: string | undefined;
}

/** Reads the address of a hub. Throws on what no hub can have, and on a key that no header can carry. */
export function hubAddress(address: string, key: string | undefined): HubAddress {
  const url = new URL(address);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new TypeError("the hub's url must be http or https");
  // What is in a header must not end it; the message never says the key.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) throw new TypeError("the key has characters that no key has");
  const base = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  return {
    route: (path) => new URL(`${base}${path}`),
    authorization: key === undefined ? basicAuth(url) : `Bearer ${key}`,
  };
}

/** A name and a password in the address are for a proxy before the hub. */
function basicAuth({ username, password }: URL): string | undefined {
  if (username === "") return undefined;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}`;
}
