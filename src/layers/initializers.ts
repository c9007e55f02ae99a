/**
 * How weights start: He 2015 (gain sqrt 2 over fan in, or over fan out as torchvision has it), Glorot 2010 (mean
 * of both fans), LeCun 1998 (fan in, gain 1), and what PyTorch's layers do when nobody says anything.
 */
import type { Initializer } from '../ir/graph';
import type { Shape } from '../ir/tensorType';

interface Scheme {
  readonly distribution: 'normal' | 'uniform';
  readonly gain: number;
  readonly fan: 'in' | 'out' | 'mean';
}

const schemes = {
  'he-normal': { distribution: 'normal', gain: Math.SQRT2, fan: 'in' },
  'he-uniform': { distribution: 'uniform', gain: Math.SQRT2, fan: 'in' },
  'he-fan-out-normal': { distribution: 'normal', gain: Math.SQRT2, fan: 'out' },
  'glorot-normal': { distribution: 'normal', gain: 1, fan: 'mean' },
  'glorot-uniform': { distribution: 'uniform', gain: 1, fan: 'mean' },
  'lecun-normal': { distribution: 'normal', gain: 1, fan: 'in' },
  'lecun-uniform': { distribution: 'uniform', gain: 1, fan: 'in' },
  // U(-1 / sqrt(fan in), 1 / sqrt(fan in)), whose variance is a third of LeCun's.
  'pytorch-uniform': { distribution: 'uniform', gain: Math.sqrt(1 / 3), fan: 'in' },
} as const satisfies Record<string, Scheme>;

export type Initialization = keyof typeof schemes;

export const initializations = Object.keys(schemes) as Initialization[];

/** For conv weights [out, in / groups, kH, kW] and dense weights [out, in]; `factor` multiplies what is drawn. */
export function initializerFor(initialization: Initialization, shape: Shape, factor = 1): Initializer {
  if (factor === 0) return { kind: 'zeros' };
  const [out, inner, ...kernel] = shape;
  const area = kernel.reduce((a, b) => a * b, 1);
  const { distribution, gain, fan } = schemes[initialization];
  const fans = { in: inner * area, out: out * area, mean: ((inner + out) * area) / 2 };
  return { kind: 'scaled', distribution, gain: gain * factor, fan: fans[fan] };
}

/** All elements the same; 0 for most biases. */
export function biasInitializer(start: number): Initializer {
  return start === 0 ? { kind: 'zeros' } : { kind: 'constant', value: start };
}
