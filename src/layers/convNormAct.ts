/** The convolution-norm(-activation) word that most networks are written in. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { activation } from './activation';
import { batchNorm } from './batchNorm';
import { type Conv2dSpec, conv2d } from './conv2d';
import type { Style } from './style';

/** Convolution and norm under `conv1`, `bn1` (`suffix` 1) or any other suffix; biases only where nothing normalises. */
export function convNorm(
  b: Builder,
  suffix: string | number,
  x: Value,
  spec: Omit<Conv2dSpec, 'init' | 'bias'>,
  style: Style,
): Value {
  const y = conv2d(b, `conv${suffix}`, x, { ...spec, bias: style.norm === 'none', init: style.init });
  return style.norm === 'none' ? y : batchNorm(b, `bn${suffix}`, y, style);
}

export function convNormAct(
  b: Builder,
  suffix: string | number,
  x: Value,
  spec: Omit<Conv2dSpec, 'init' | 'bias'>,
  style: Style,
): Value {
  return activation(b, `relu${suffix}`, convNorm(b, suffix, x, spec, style), style.activation);
}
