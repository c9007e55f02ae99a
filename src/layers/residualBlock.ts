/**
 * One residual block, or its plain twin, from a list of weight layers: the basic block and the bottleneck of
 * He 2015, the units of He 2016, and a block of dense layers are all spelled here.
 */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { activate, convNorm, type WeightSpec, weightLayer } from './convNormAct';
import { normalize } from './norm';
import { branchStyle, finishBlock, join, type Residual, shortcutKindOf, units } from './residual';
import { type Carrier, carrierFor, carry, type ProjectionSpelling, torchvisionProjection } from './shortcut';
import type { BlockPlace } from './stages';
import type { Style } from './style';

export interface BlockSpec {
  /** `basicBlock`, `bottleneck`, `denseBlock`. */
  readonly kind: string;
  readonly layers: readonly WeightSpec[];
  /** Product of the layers' strides. */
  readonly stride: number;
  /** Where it is not what the network's option gives: Keras' V2 pools. */
  readonly carrier?: Carrier;
  readonly projection?: ProjectionSpelling;
  readonly projectionPadding?: 0 | 'same';
}

/** x [N, C, H, W] to [N, out of the last layer, H / stride, W / stride]; or rows to rows. */
export function residualBlock(
  b: Builder,
  place: BlockPlace,
  x: Value,
  spec: BlockSpec,
  style: Style,
  residual: Residual,
): Value {
  const { layers, stride, projection = torchvisionProjection } = spec;
  const { shortcut, unit } = residual;
  const { out } = layers[layers.length - 1];
  const inner = branchStyle(style, layers.length, residual);

  /** The norm and activation before the first weight layer, in units that have them there. */
  const open = (v: Value) => {
    if (!units[unit].preactivated) return v;
    const normal = units[unit].preNorm ? normalize(b, 1, v, inner, { name: layers[0].normName }) : v;
    return activate(b, 1, normal, inner);
  };
  /** Everything from the first weight layer to the addition. */
  const rest = (v: Value) => {
    let y = v;
    for (const [i, layer] of layers.entries()) {
      const at = i + 1;
      const isLast = at === layers.length;
      const zero = isLast && residual.scaling === 'fixup' && shortcut !== 'none';
      const zeroGamma = isLast && style.zeroGamma;
      const sized = { ...layer, zero };
      if (unit === 'full-preactivation') {
        if (i > 0) {
          y = normalize(b, at, y, inner, { name: layer.normName });
          y = activate(b, at, y, inner);
        }
        y = weightLayer(b, at, y, sized, inner);
      } else if (unit === 'relu-only-preactivation') {
        if (i > 0) y = activate(b, at, y, inner);
        y = convNorm(b, at, y, sized, inner, { zeroGamma });
      } else if (isLast && unit === 'bn-after-addition') y = weightLayer(b, at, y, sized, inner);
      else {
        y = convNorm(b, at, y, sized, inner, { zeroGamma });
        if (!isLast || unit === 'relu-before-addition') y = activate(b, at, y, inner);
      }
    }
    return y;
  };
  const finish = (sum: Value) => finishBlock(b, layers.length, sum, style, unit);

  if (shortcut === 'none')
    return b.block(
      place.scope,
      'plainBlock',
      x,
      () => ({ output: finish(rest(open(x))), fork: null }),
      place.name,
    );
  const own = spec.carrier ?? carrierFor(x, out, stride, shortcut);
  // The study of 1x1 convolutions on every skip has no parameter-free ones.
  const carrier = residual.skip === 'conv' && own !== 'identity' ? 'projection' : own;
  return b.block(
    place.scope,
    spec.kind,
    x,
    () => {
      // A pre-activation block that projects does so behind its first norm and activation: it forks there.
      const isShared = units[unit].preactivated && carrier === 'projection';
      const fork = b.fork(isShared ? open(x) : x, shortcutKindOf(carrier, residual.skip));
      const branch = rest(isShared ? fork.branch : open(fork.branch));
      const size = { out, stride, padding: spec.projectionPadding };
      const carried = carry(b, fork.skip, carrier, size, style, projection);
      const sum = join(b, fork.skip, carried, branch, { index: place.index, stride }, style, residual);
      return { output: finish(sum), fork };
    },
    place.name,
  );
}

/** The two-convolution block of He 2015 (figure 5, left). */
export function basicLayers(out: number, stride: number, kernel = 3): WeightSpec[] {
  return [
    { out, kernel, stride },
    { out, kernel },
  ];
}

export interface BottleneckSpec {
  /** Channels of the middle convolution. */
  readonly width: number;
  /** Channels that come out: four times the width in He 2015. */
  readonly out: number;
  readonly stride: number;
  /** Which convolution carries the stride: the 3x3 in torchvision, the first 1x1 in He 2015 and Keras' V1. */
  readonly strideIn: '1x1' | '3x3';
  readonly groups?: number;
  readonly kernel?: number;
}

/** The three-convolution block of He 2015 (figure 5, right); with groups it is ResNeXt's (Xie 2017). */
export function bottleneckLayers({
  width,
  out,
  stride,
  strideIn,
  groups = 1,
  kernel = 3,
}: BottleneckSpec): WeightSpec[] {
  return [
    { out: width, kernel: 1, stride: strideIn === '1x1' ? stride : 1 },
    { out: width, kernel, stride: strideIn === '3x3' ? stride : 1, groups },
    { out, kernel: 1 },
  ];
}
