/** How much a share of tries varies, against that of as many independent ones. */
export interface Dependence {
  /** How many times as much: 1 where the tries show nothing of it. */
  readonly factor: number;
  /** Degrees of freedom of that. */
  readonly freedom: number;
}

/** Tries that may resemble one another, as those of one day: how many, and those that were hits. */
export interface Cluster {
  readonly hits: number;
  readonly n: number;
}

/** Fewer clusters say nothing of how alike tries are. */
const CLUSTERS_MIN = 5;
/** What comes of independent tries varies by more than this many deviations of its variance one time of ten. */
const CHANCE = 1.2816;

/** Whether something that was told from so many degrees of freedom varies clearly more than independent things do. */
export const isDependent = (factor: number, freedom: number): boolean => factor > 1 + CHANCE * Math.sqrt(2 / freedom);

/**
 * From how much clusters differ: Σ (hits − share · n)² of them against n · share · (1 − share), which it would be of
 * independent tries. Undefined of fewer than five clusters.
 */
export function dependenceOf(clusters: readonly Cluster[]): Dependence | undefined {
  const told = clusters.filter(({ n }) => n > 0);
  const freedom = told.length - 1;
  if (told.length < CLUSTERS_MIN) return undefined;
  const hits = told.reduce((sum, cluster) => sum + cluster.hits, 0);
  const n = told.reduce((sum, cluster) => sum + cluster.n, 0);
  const share = hits / n;
  const alone = n * share * (1 - share);
  const squares = told.reduce((sum, cluster) => sum + (cluster.hits - share * cluster.n) ** 2, 0);
  const factor = alone > 0 ? (squares * told.length) / freedom / alone : 1;
  return { factor: isDependent(factor, freedom) ? factor : 1, freedom };
}
