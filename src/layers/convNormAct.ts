/**
 * The weight layer-norm(-activation) word that most networks are written in. The weight layer is a convolution
 * where its input is an image and a dense layer where it is a row, so that an MLP is spelled in the same blocks.
 */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { activation } from './activation';
import { conv2d } from './conv2d';
import { dense } from './dense';
import { normalize } from './norm';
import { fixupBias } from './scalar';
import type { Style } from './style';

/** One weight layer of a block; for rows only `out`, `bias`, `zero` and `name` matter. */
export interface WeightSpec {
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number | 'same';
  readonly groups?: number;
  /** Overrides the style's rule. */
  readonly bias?: boolean;
  /** Starts at zero. */
  readonly zero?: boolean;
  /** Parameter-name segment where it is not `conv1` (`fc1` for a dense layer). */
  readonly name?: string;
  /** The norm's, where it is not `bn1`. */
  readonly normName?: string;
}

/** The weight layer alone, under `conv1` or `fc1` for the suffix 1. */
export function weightLayer(
  b: Builder,
  suffix: string | number,
  x: Value,
  spec: WeightSpec,
  style: Style,
): Value {
  const shifted = fixupBias(b, `bias${suffix}a`, x, style);
  const bias = spec.bias ?? hasBias(style);
  const gain = spec.zero ? 0 : style.gain;
  if (x.type.shape.length === 2) {
    const scope = `fc${suffix}`;
    return dense(b, scope, shifted, { out: spec.out, init: style.init, gain, bias }, spec.name ?? scope);
  }
  const scope = `conv${suffix}`;
  return conv2d(b, scope, shifted, { ...spec, init: style.init, gain, bias }, spec.name ?? scope);
}

/** Whether a weight layer without an opinion of its own has biases. */
export function hasBias({ bias, norm, scalarBiases }: Style): boolean {
  return bias === 'always' || (norm === 'none' && !scalarBiases);
}

/** Activation, behind Fixup's scalar bias where the style has those. */
export function activate(b: Builder, suffix: string | number, x: Value, style: Style): Value {
  return activation(b, suffix, fixupBias(b, `bias${suffix}b`, x, style), style.activation);
}

/** Weight layer and norm under `conv1`, `bn1` for the suffix 1. */
export function convNorm(
  b: Builder,
  suffix: string | number,
  x: Value,
  spec: WeightSpec,
  style: Style,
  options: { zeroGamma?: boolean } = {},
): Value {
  const y = weightLayer(b, suffix, x, spec, style);
  return normalize(b, suffix, y, style, { name: spec.normName, zero: options.zeroGamma });
}

export function convNormAct(
  b: Builder,
  suffix: string | number,
  x: Value,
  spec: WeightSpec,
  style: Style,
): Value {
  return activate(b, suffix, convNorm(b, suffix, x, spec, style), style);
}
