import { constants, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { err, ok, type Result } from "../../base/result.ts";
import type { Secret } from "../core/secret.ts";

export interface KalshiKeys {
  readonly keyId: Secret;
  /** PEM of an RSA private key. */
  readonly privateKey: Secret;
}

/** Headers that sign one request; a path with a query is signed without it. */
export type KalshiSigner = (method: string, path: string, nowMs: number) => Readonly<Record<string, string>>;

/** A signer, or what is wrong with the key; the message holds nothing of it. */
export function kalshiSigner({ keyId, privateKey }: KalshiKeys): Result<KalshiSigner, string> {
  const key = rsaKey(privateKey);
  if (key === undefined) return err("the private key is not an RSA key in PEM");
  return ok((method, path, nowMs) => {
    const timestamp = String(Math.floor(nowMs));
    const text = timestamp + method + (path.split("?", 1)[0] ?? path);
    const options = {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    return {
      "KALSHI-ACCESS-KEY": keyId.reveal(),
      "KALSHI-ACCESS-TIMESTAMP": timestamp,
      "KALSHI-ACCESS-SIGNATURE": sign("sha256", Buffer.from(text), options).toString("base64"),
    };
  });
}

function rsaKey(pem: Secret): KeyObject | undefined {
  try {
    // In an environment variable line breaks are often written as \n.
    const key = createPrivateKey(pem.reveal().replaceAll("\\n", "\n"));
    return key.asymmetricKeyType === "rsa" ? key : undefined;
  } catch {
    // What the library says of a broken key may quote it.
    return undefined;
  }
}
