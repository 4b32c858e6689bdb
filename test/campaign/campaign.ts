/** What a campaign gets to work with. */
export interface CampaignContext {
  /** Everything random in a campaign comes from it. */
  readonly seed: number;
  /** An empty directory that is removed afterwards. */
  readonly directory: string;
  /** Shows how far it is. */
  readonly say: (line: string) => void;
}

/** A long run of faults that ends by itself. */
export interface Campaign {
  readonly name: string;
  readonly about: string;
  /** Resolves with one line about what was shown; throws with what was found. */
  readonly run: (context: CampaignContext) => Promise<string>;
}

/** What a campaign was there to find. */
class CampaignFailed extends Error {
  override readonly name = "CampaignFailed";
}

/** Fails the campaign with what was found, unless nothing was. */
export function expectNone(what: string, found: readonly string[]): void {
  if (found.length > 0) throw new CampaignFailed(`${what}:\n${found.join("\n")}`);
}

/** Fails the campaign when `holds` is false. */
export function expectThat(what: string, holds: boolean): void {
  if (!holds) throw new CampaignFailed(`expected that ${what}`);
}
