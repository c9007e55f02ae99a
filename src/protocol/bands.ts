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
  return {
    loss: bandOf(
      seeds.map((s) => s.loss),
      'arithmetic',
    ).middle,
    accuracy: bandOf(
      seeds.map((s) => s.accuracy),
      'arithmetic',
    ).middle,
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

/** An evaluation of one network, over its seeds: one number, or the mean with its band. */
export interface EvaluationBands {
  readonly network: number;
  readonly step: number;
  readonly loss: Band;
  readonly accuracy: Band;
}

/** Evaluations of the same network at the same step become one; in the order of the first of each. */
export function evaluationBands(
  evaluations: readonly {
    readonly network: number;
    readonly step: number;
    readonly loss: number;
    readonly accuracy: number;
  }[],
): EvaluationBands[] {
  const groups = new Map<string, (typeof evaluations)[number][]>();
  for (const evaluation of evaluations) {
    const key = `${evaluation.network} ${evaluation.step}`;
    const group = groups.get(key);
    if (group) group.push(evaluation);
    else groups.set(key, [evaluation]);
  }
  return [...groups.values()].map((group) => ({
    network: group[0].network,
    step: group[0].step,
    loss: bandOf(
      group.map((e) => e.loss),
      'arithmetic',
    ),
    accuracy: bandOf(
      group.map((e) => e.accuracy),
      'arithmetic',
    ),
  }));
}
