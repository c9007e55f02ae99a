/**
 * The random inputs of a graph (dropout's masks, the branches that stochastic depth drops) for one step. They
 * depend on the seed, the step and the scope and on nothing else, so a resumed or repeated step draws the same.
 */
import { randomStream } from '../base/random';
import type { Noise } from '../ir/graph';
import { sizeOf } from '../ir/tensorType';

/** Feeds by input name; empty for a graph without noise. `step` counts from 1, as the optimizer's does. */
export function drawNoises(
  noises: readonly Noise[],
  seed: number,
  step: number,
): Record<string, Float32Array> {
  const feeds: Record<string, Float32Array> = {};
  for (const { input, keep, value } of noises) {
    const random = randomStream(seed, 'noise', step, input.name);
    const below = keep * 4294967296;
    const data = new Float32Array(sizeOf(input.type.shape));
    for (let i = 0; i < data.length; i++) data[i] = random.uint32() < below ? value : 0;
    feeds[input.name] = data;
  }
  return feeds;
}
