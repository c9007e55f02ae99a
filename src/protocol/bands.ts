/**
 * Several seeds as one number and its band: the one place that says how. Norms and their ratios have a geometric
 * mean, because they spread over decades; losses, accuracies, means, deviations and cosines an arithmetic one. The
 * band is the least and the greatest: three seeds are too few for a deviation. A seed without a number leaves none.
 */
import type { VectorKind } from './description';
import type { SeedNumbers, StepNumbers } from './trainer';

/** `low` and `high` are one seed's each; all three are NaN where a seed has no number. */
export interface Band {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

export type Mean = 'geometric' | 'arithmetic';

const meanOf: Readonly<Record<VectorKind, Mean>> = {
  activationNorm: 'geometric',
  activationMean: 'arithmetic',
  activationStd: 'arithmetic',
  activationGradientNorm: 'geometric',
  weightNorm: 'geometric',
  weightGradientNorm: 'geometric',
  updateRatio: 'geometric',
  skipNorm: 'geometric',
  branchNorm: 'geometric',
  forkCosine: 'arithmetic',
};

/** Which mean a kind of measurement has; a kind that a later version recorded has the arithmetic one. */
export const meanKind = (kind: VectorKind): Mean => meanOf[kind] ?? 'arithmetic';

/** One value a seed; at least one. */
export function bandOf(values: ArrayLike<number>, mean: Mean): Band {
  let [low, high, sum] = [values[0], values[0], 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // Math.min and max pass NaN on, as a mean does.
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += mean === 'geometric' ? Math.log(value) : value;
  }
  // What is the same for all is its own mean, to the last digit, and so are exact zeros and overflows.
  if (low === high) return { middle: low, low, high };
  const middle = sum / values.length;
  return { middle: mean === 'geometric' ? Math.exp(middle) : middle, low, high };
}

/** Whether two bands have a value in common; bands that touch do. Without numbers nothing can be told apart. */
export function doOverlap(a: Band, b: Band): boolean {
  return !(a.low > b.high || b.low > a.high);
}

/** The numbers of one network from all its seeds, in order; those of a single seed are passed on as they are. */
export function overSeeds(seeds: readonly SeedNumbers[]): StepNumbers {
  if (seeds.length === 1) return seeds[0];
  const vectors: Partial<Record<VectorKind, Float32Array>> = {};
  for (const kind of Object.keys(seeds[0].vectors) as VectorKind[]) {
    const own = seeds.map((s) => s.vectors[kind]);
    if (own.every((vector) => vector !== undefined)) vectors[kind] = meanVector(own, meanKind(kind));
  }
  const mean = (of: (s: SeedNumbers) => number) => bandOf(seeds.map(of), 'arithmetic').middle;
  return {
    loss: mean((s) => s.loss),
    accuracy: mean((s) => s.accuracy),
    vectors: vectors as StepNumbers['vectors'],
    seeds,
  };
}

function meanVector(vectors: readonly Float32Array[], mean: Mean): Float32Array {
  const values = new Float64Array(vectors.length);
  return vectors[0].map((_, i) => {
    for (let k = 0; k < vectors.length; k++) values[k] = vectors[k][i];
    return bandOf(values, mean).middle;
  });
}

/** An evaluation of one network from one seed, on images that it was not trained on. */
export interface Evaluation {
  /** Index among the networks. */
  readonly network: number;
  /** Absent where there is only one. */
  readonly seed?: number;
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** An evaluation of one network over all its seeds. */
export interface EvaluationBands {
  readonly network: number;
  readonly step: number;
  readonly loss: Band;
  readonly accuracy: Band;
}

/**
 * Evaluations of one network at one step become one, in the order of the first of each; those that some of the
 * network's seeds (`seeds[network]` of them) still lack are left out. What was evaluated again counts once.
 */
export function evaluationBands(
  evaluations: readonly Evaluation[],
  seeds: readonly number[],
): EvaluationBands[] {
  const groups = new Map<string, Map<number | undefined, Evaluation>>();
  for (const evaluation of evaluations) {
    const key = `${evaluation.network} ${evaluation.step}`;
    const group = groups.get(key) ?? new Map<number | undefined, Evaluation>();
    groups.set(key, group.set(evaluation.seed, evaluation));
  }
  return [...groups.values()].flatMap((group) => {
    const own = [...group.values()];
    const { network, step } = own[0];
    if (own.length < (seeds[network] ?? 1)) return [];
    const over = (of: (e: Evaluation) => number) => bandOf(own.map(of), 'arithmetic');
    return [{ network, step, loss: over((e) => e.loss), accuracy: over((e) => e.accuracy) }];
  });
}
