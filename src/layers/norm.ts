/** Normalisations by the names that people type, and the one place that chooses between them. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { batchNorm } from './batchNorm';
import { groupNorm } from './groupNorm';
import type { Style } from './style';

export const normNames = ['batch', 'group', 'none'] as const;

export type NormName = (typeof normNames)[number];

/**
 * Normalises `x` under `bn1` (batch) or `gn1` (group) for the suffix 1; parameters are called `bn1.*` for both,
 * as in a torchvision network that was given another norm layer. `zero` starts the scale at 0.
 */
export function normalize(
  b: Builder,
  suffix: string | number,
  x: Value,
  style: Style,
  { name = `bn${suffix}`, zero = false }: { name?: string; zero?: boolean } = {},
): Value {
  if (style.norm === 'none') return x;
  return style.norm === 'group'
    ? groupNorm(b, `gn${suffix}`, x, { ...style, zero }, name)
    : batchNorm(b, `bn${suffix}`, x, { ...style, zero }, name);
}
