/**
 * Batch norm on blocked activations. The mean comes from average pooling; x - mean is written once, by a
 * depthwise convolution, and serves the variance, the forward pass and the gradient alike: sums of squares of
 * centred numbers stay exact where the mean is far larger than the deviation, and no second copy is kept.
 * With c = x - mean, s = 1 / sqrt(variance + epsilon) and M elements a channel:
 *
 *     y = scale s c + shift     dscale = s sum(dy c)     dshift = sum dy
 *     dx = scale s dy - scale s^2 / M dscale c - scale s / M dshift
 */
import type { Node, Value } from '../../../ir/graph';
import { sizeOf } from '../../../ir/tensorType';
import { type Name, scalar } from '../../../ops/spelling';
import type { BlockedKernel, Lowering } from '../lowering';
import { blockedConv, channelDots, channelMeans, ones, reshape } from './nchwc';

const op = (l: Lowering, name: string, ...inputs: Name[]) => l.w.node(name, inputs)[0];

function centred(l: Lowering, x: Value, mean: Value): Name {
  const channels = x.type.shape[1];
  return l.once(`centred:${x.id}:${mean.id}`, () =>
    blockedConv(l.w, {
      x: l.blocked(x),
      weights: ones(l.w, channels),
      bias: op(l, 'Neg', l.plain(mean)),
      kernel: [1, 1],
      group: channels,
    }),
  );
}

/** sqrt(variance + epsilon): [C]. */
function deviation(l: Lowering, variance: Value, epsilon: number): Name {
  return l.once(`deviation:${variance.id}:${epsilon}`, () =>
    op(l, 'Sqrt', op(l, 'Add', l.plain(variance), scalar(l.w, epsilon))),
  );
}

/** scale / sqrt(variance + epsilon): [C]. */
function gain(l: Lowering, scale: Value, variance: Value, epsilon: number): Name {
  return l.once(`gain:${scale.id}:${variance.id}:${epsilon}`, () =>
    op(l, 'Div', l.plain(scale), deviation(l, variance, epsilon)),
  );
}

export const batchNormalizationTraining: BlockedKernel = (l, { inputs, outputs, attributes }) => {
  const [x, scale, shift] = inputs;
  const [y, mean, variance] = outputs;
  if (!l.canBlock(x) || !l.isBlocked(x)) return false;
  const epsilon = Number(attributes.epsilon);
  const { shape } = x.type;
  const count = sizeOf(shape) / shape[1];
  l.define(mean, { plain: channelMeans(l.w, l.blocked(x), shape, l.block) });
  const c = centred(l, x, mean);
  const squares = channelDots(l.w, c, c, shape, l.block);
  l.define(variance, { plain: op(l, 'Mul', squares, scalar(l.w, 1 / count)) });
  l.define(y, { pending: { x: c, scale: gain(l, scale, variance, epsilon), shift: l.plain(shift) } });
  return true;
};

export const batchNormalization: BlockedKernel = (l, { inputs, outputs, attributes }) => {
  const [x, scale, shift, mean, variance] = inputs;
  if (!l.canBlock(x) || !l.isBlocked(x)) return false;
  const factor = gain(l, scale, variance, Number(attributes.epsilon));
  const offset = op(l, 'Sub', l.plain(shift), op(l, 'Mul', l.plain(mean), factor));
  l.define(outputs[0], { pending: { x: l.blocked(x), scale: factor, shift: offset } });
  return true;
};

export const batchNormalizationGradient: BlockedKernel = (l, node: Node) => {
  const [dy, x, scale, mean, variance] = node.inputs;
  const [dx, dscale, dshift] = node.outputs;
  if (!l.canBlock(x) || !(l.isBlocked(x) || l.isBlocked(dy))) return false;
  const epsilon = Number(node.attributes.epsilon);
  const { shape } = x.type;
  const channels = shape[1];
  const count = sizeOf(shape) / channels;
  const g = l.blocked(dy);
  const c = centred(l, x, mean);
  const root = deviation(l, variance, epsilon);
  const a = gain(l, scale, variance, epsilon);
  const shiftGradient = op(l, 'Mul', channelMeans(l.w, g, shape, l.block), scalar(l.w, count));
  const scaleGradient = op(l, 'Div', channelDots(l.w, g, c, shape, l.block), root);
  const share = op(l, 'Mul', a, scalar(l.w, -1 / count));
  const slope = op(l, 'Mul', share, op(l, 'Div', scaleGradient, root));
  const along = (name: Name) => reshape(l.w, name, channels, 1, 1, 1);
  const depthwise = { kernel: [1, 1], group: channels };
  const sum = blockedConv(l.w, {
    x: c,
    weights: along(slope),
    bias: op(l, 'Mul', share, shiftGradient),
    ...depthwise,
  });
  l.define(dx, { blocked: blockedConv(l.w, { x: g, weights: along(a), sum, ...depthwise }) });
  l.define(dscale, { plain: scaleGradient });
  l.define(dshift, { plain: shiftGradient });
  return true;
};
