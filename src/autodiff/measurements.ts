/** The packed sums of a step turned into norms, means and cosines, in scope order and without the loss scale. */
import { inScopeOrder } from './parameterLayout';
import type { ActivationTap, Slot, SumSlot } from './taps';
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

/** Adds up a slot in float64; null has no value. */
function total(measures: Float32Array, slot: Slot | SumSlot | null): number {
  if (!slot) return Number.NaN;
  if ('products' in slot) {
    const [a, b] = slot.squares.map((part) => total(measures, part));
    return Math.max(0, a + b + 2 * total(measures, slot.products));
  }
  let sum = 0;
  for (let i = slot.at; i < slot.at + slot.length; i++) sum += slot.isRaw ? measures[i] ** 2 : measures[i];
  return sum;
}

/** Sums of squares of every measured gradient, times the square of the loss scale: their range says if it suits. */
export function gradientSquares(
  { gradients, skips, branches }: TrainingGraph,
  { measures }: Readonly<Record<string, Float32Array>>,
): Float64Array {
  const slots = new Set([...gradients, ...skips, ...branches].filter((slot) => slot !== null));
  return Float64Array.from(slots, (slot) => total(measures, slot));
}

interface Moments {
  readonly squares: number;
  readonly mean: number;
  readonly variance: number;
}

/** Sum of squares, mean and population variance of an activation; `known` has those that were asked for before. */
function momentsOf(tap: ActivationTap, measures: Float32Array, known: Map<ActivationTap, Moments>): Moments {
  const moments = known.get(tap) ?? newMoments(tap, measures, known);
  known.set(tap, moments);
  return moments;
}

function newMoments(tap: ActivationTap, measures: Float32Array, known: Map<ActivationTap, Moments>): Moments {
  const { size } = tap;
  if (tap.kind === 'sums' || tap.kind === 'added') {
    const squares = total(measures, tap.squares);
    const mean =
      tap.kind === 'sums'
        ? total(measures, { ...tap.sums, isRaw: false }) / size
        : tap.terms.reduce((sum, term) => sum + momentsOf(term, measures, known).mean, 0);
    return { squares, mean, variance: Math.max(0, squares / size - mean ** 2) };
  }
  // Of channels of equal size: the mean of their variances, and the variance of their means.
  const at = ({ at }: Slot, i: number) => measures[at + i];
  const channels = tap.variances.length;
  const [means, variances] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < channels; i++) {
    const variance = at(tap.variances, i);
    means[i] = tap.kind === 'normInput' ? at(tap.means, i) : at(tap.shifts, i);
    variances[i] =
      tap.kind === 'normInput' ? variance : (at(tap.scales, i) ** 2 * variance) / (variance + tap.epsilon);
  }
  const average = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / channels;
  const mean = average(means);
  const variance = average(variances) + average(means.map((m) => (m - mean) ** 2));
  return { squares: size * (variance + mean ** 2), mean, variance };
}

/** NaN stands for what has no value: the gradient of a point that the loss does not depend on. */
export function readMeasurements(
  training: TrainingGraph,
  results: Readonly<Record<string, Float32Array>>,
  lossScale: number,
): Measurements {
  const { activations, gradients, skips, branches, dots, parameters } = training;
  const { measures } = results;
  const known = new Map<ActivationTap, Moments>();
  const moments = activations.map((tap) => momentsOf(tap, measures, known));
  const norm = (slot: Slot | SumSlot | null) => Math.sqrt(total(measures, slot));
  const weightNorm = inScopeOrder(parameters, results.weightSquares).map(Math.sqrt);
  const gradient = inScopeOrder(parameters, results.gradientSquares).map(Math.sqrt);
  const update = inScopeOrder(parameters, results.updateSquares).map(Math.sqrt);
  const [skip, branch] = [skips.map(norm), branches.map(norm)];
  return {
    activationNorm: Float32Array.from(moments, (m) => Math.sqrt(m.squares)),
    activationMean: Float32Array.from(moments, (m) => m.mean),
    activationStd: Float32Array.from(moments, (m) => Math.sqrt(m.variance)),
    activationGradientNorm: Float32Array.from(gradients, (slot) => norm(slot) / lossScale),
    weightNorm: Float32Array.from(weightNorm),
    weightGradientNorm: Float32Array.from(gradient, (g) => g / lossScale),
    updateRatio: Float32Array.from(update, (u, i) =>
      weightNorm[i] === 0 ? (u === 0 ? 0 : Number.NaN) : u / weightNorm[i],
    ),
    skipNorm: Float32Array.from(skip, (n) => n / lossScale),
    branchNorm: Float32Array.from(branch, (n) => n / lossScale),
    forkCosine: Float32Array.from(skip, (n, i) => total(measures, dots[i]) / (n * branch[i])),
  };
}
