/** Quotes of one instrument in order of time; several columns of one length. Times in ms. */
export interface Quotes {
  readonly at: Float64Array;
  readonly bid: Float64Array;
  readonly ask: Float64Array;
}

/** Fills of one instrument in order of time. Times in ms, money in the quote currency. */
export interface Fills {
  readonly at: Float64Array;
  /** 1 for a buy, −1 for a sell: our own side. */
  readonly side: Int8Array;
  readonly price: Float64Array;
  /** > 0. */
  readonly quantity: Float64Array;
  /** > 0 paid, < 0 a rebate. */
  readonly fee: Float64Array;
  /** 1 where our order rested, 0 where it took, −1 where nobody said. */
  readonly maker: Int8Array;
}
