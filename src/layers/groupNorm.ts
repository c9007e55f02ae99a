/** Group norm (Wu and He 2018): every image normalised by itself, so that the batch's size does not matter. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';

export interface GroupNormSpec {
  /** How many groups are wanted; the largest number below that divides the channels is taken. */
  readonly groups: number;
  readonly epsilon: number;
  /** Starts the scale (gamma) at 0 instead of 1. */
  readonly zero?: boolean;
}

/** x [N, C, ...] to the same shape. */
export function groupNorm(
  b: Builder,
  scope: string,
  x: Value,
  { groups, epsilon, zero = false }: GroupNormSpec,
  name: string = scope,
): Value {
  return b.layer(
    scope,
    'GroupNormalization',
    [x],
    () => {
      const channels = x.type.shape[1];
      const scale = b.parameter('weight', float32(channels), 'scale', {
        kind: zero ? 'zeros' : 'ones',
      }).value;
      const shift = b.parameter('bias', float32(channels), 'shift', { kind: 'zeros' }).value;
      return b.op('GroupNormalization', [x, scale, shift], {
        num_groups: dividing(channels, groups),
        epsilon,
      });
    },
    name,
  );
}

function dividing(channels: number, wanted: number): number {
  let groups = Math.min(channels, wanted);
  while (channels % groups !== 0) groups--;
  return groups;
}
