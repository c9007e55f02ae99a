/** How weights start: He 2015 (fan in, gain sqrt 2), Glorot 2010 (mean of both fans), LeCun 1998 (fan in, gain 1). */
import type { Initializer } from '../ir/graph';
import type { Shape } from '../ir/tensorType';

export const initializations = [
  'he-normal',
  'he-uniform',
  'glorot-normal',
  'glorot-uniform',
  'lecun-normal',
  'lecun-uniform',
] as const;

export type Initialization = (typeof initializations)[number];

/** For conv weights [out, in / groups, kH, kW] and dense weights [out, in]. */
export function initializerFor(initialization: Initialization, shape: Shape): Initializer {
  const [out, inner, ...kernel] = shape;
  const area = kernel.reduce((a, b) => a * b, 1);
  const [scheme, distribution] = initialization.split('-') as [
    'he' | 'glorot' | 'lecun',
    'normal' | 'uniform',
  ];
  return {
    kind: 'scaled',
    distribution,
    gain: scheme === 'he' ? Math.SQRT2 : 1,
    fan: scheme === 'glorot' ? ((inner + out) * area) / 2 : inner * area,
  };
}
