/** The packed sums of a step turned into norms, means and cosines, in scope order and without the loss scale. */
import { inScopeOrder } from './parameterLayout';
import type { TrainingGraph } from './trainingGraph';

/**
 * What a step measures, one packed vector a kind. Norms are L2. Activation kinds have one element a point (every
 * layer's output, then every block's), weight kinds one a parameter, fork kinds one a residual block.
 */
export const vectorKinds = [
  'activationNorm',
  'activationMean',
  'activationStd',
  'activationGradientNorm',
  'weightNorm',
  'weightGradientNorm',
  'updateRatio',
  'skipNorm',
  'branchNorm',
  'forkCosine',
] as const;

export type VectorKind = (typeof vectorKinds)[number];

export type Measurements = Readonly<Record<VectorKind, Float32Array>>;

/** The names of the elements of every vector: scope paths of points and forks, parameter names. */
export function vectorNames({ points, parameters, forks }: TrainingGraph): Record<VectorKind, string[]> {
  // A block and its last layer are two rows that share a value; the block's is told apart by its trailing slash.
  const scopes = points.map((p) => (p.kind === 'block' ? `${p.scope}/` : p.scope));
  const weights = parameters.entries.map((e) => e.name);
  const blocks = forks.map((f) => f.scope);
  return {
    activationNorm: scopes,
    activationMean: scopes,
    activationStd: scopes,
    activationGradientNorm: scopes,
    weightNorm: weights,
    weightGradientNorm: weights,
    updateRatio: weights,
    skipNorm: blocks,
    branchNorm: blocks,
    forkCosine: blocks,
  };
}

/** NaN stands for what has no value: the gradient of a point that the loss does not depend on. */
export function readMeasurements(
  training: TrainingGraph,
  results: Readonly<Record<string, Float32Array>>,
  lossScale: number,
): Measurements {
  const { activationAt, activationSizes, gradientAt, skipAt, branchAt, parameters } = training;
  const root = (squares: ArrayLike<number>, at: number, scale = 1) =>
    at < 0 ? Number.NaN : Math.sqrt(squares[at]) / scale;
  const { activationSquares, activationSums, gradientSquares, forkDots } = results;
  const means = activationAt.map((at) => activationSums[at] / activationSizes[at]);
  const weightNorm = inScopeOrder(parameters, results.weightSquares).map(Math.sqrt);
  const update = inScopeOrder(parameters, results.updateSquares).map(Math.sqrt);
  const skip = skipAt.map((at) => root(gradientSquares, at));
  const branch = branchAt.map((at) => root(gradientSquares, at));
  return {
    activationNorm: Float32Array.from(activationAt, (at) => root(activationSquares, at)),
    activationMean: Float32Array.from(means),
    activationStd: Float32Array.from(activationAt, (at, i) =>
      Math.sqrt(Math.max(0, activationSquares[at] / activationSizes[at] - means[i] ** 2)),
    ),
    activationGradientNorm: Float32Array.from(gradientAt, (at) => root(gradientSquares, at, lossScale)),
    weightNorm: Float32Array.from(weightNorm),
    weightGradientNorm: Float32Array.from(
      inScopeOrder(parameters, results.weightGradientSquares),
      (s) => Math.sqrt(s) / lossScale,
    ),
    updateRatio: Float32Array.from(update, (u, i) =>
      weightNorm[i] === 0 ? (u === 0 ? 0 : Number.NaN) : u / weightNorm[i],
    ),
    skipNorm: Float32Array.from(skip, (n) => n / lossScale),
    branchNorm: Float32Array.from(branch, (n) => n / lossScale),
    forkCosine: Float32Array.from(skip, (n, i) => forkDots[i] / (n * branch[i])),
  };
}
