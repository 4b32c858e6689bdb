import { expect, test } from "vitest";
import { Secret } from "../core/secret.ts";
import { signedQuery } from "./sign.ts";

test("the venue's own example comes out as the venue signs it", () => {
  const secret = new Secret("2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9");
  const query =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943";
  expect(signedQuery(query, secret)).toBe(
    `${query}&signature=3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9`,
  );
});
