/**
 * Initial weights. Every parameter draws from a stream of its own, named after it, so that a network and its plain
 * twin start from the same numbers wherever they have the same parameter.
 */
import { randomStream } from '../base/random';
import type { Parameter } from '../ir/graph';
import { sizeOf } from '../ir/tensorType';

/** Row-major numbers of one parameter. */
export function initialValues({ initializer, value }: Parameter, seed: number): Float32Array {
  const data = new Float32Array(sizeOf(value.type.shape));
  switch (initializer.kind) {
    case 'zeros':
      return data;
    case 'ones':
      return data.fill(1);
    case 'constant':
      return data.fill(initializer.value);
    case 'scaled': {
      const random = randomStream(seed, 'init', value.name);
      const std = initializer.gain / Math.sqrt(initializer.fan);
      for (let i = 0; i < data.length; i++) data[i] = std * draw(random, initializer.distribution);
      return data;
    }
  }
}

/** A draw with mean 0 and standard deviation 1. */
function draw(
  random: ReturnType<typeof randomStream>,
  distribution: 'normal' | 'truncatedNormal' | 'uniform',
): number {
  if (distribution === 'uniform') return Math.sqrt(3) * (2 * random.uniform() - 1);
  if (distribution === 'normal') return random.normal();
  // Cut at two standard deviations (Keras); 0.8796 is what is left of the standard deviation.
  for (;;) {
    const v = random.normal();
    if (Math.abs(v) <= 2) return v / 0.87962566103423978;
  }
}
