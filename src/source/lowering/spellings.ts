/**
 * Every traced operation that the IR can say, and how. Images come in N, C, H, W whatever the framework; where an
 * operation counts axes, they are turned. What is missing here refuses a model.
 */

import { t } from '../../base/localize';
import type { Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import { type ActivationName, activations } from '../../layers/activation';
import { dropout } from '../../layers/dropout';
import type { Spelling } from './network';
import { averagePool, maxPool } from './pooling';
import { padAll, padImage, padLast, permute, reshape, slice } from './shapes';
import { batchNorm, conv, dense, groupNorm } from './weighted';

type Speller = (s: Spelling) => readonly Value[];

function named(name: ActivationName): Speller {
  return (s) => [activate(s, s.inputs[0], name, s.scope)];
}

function activate(s: Spelling, x: Value, name: ActivationName, scope: string): Value {
  const { op, build } = activations[name];
  return s.b.layer(scope, op, [x], () => build(s.b, x), '');
}

/** min(relu(x), 6) without a minimum: relu(x) - relu(x - 6). */
function relu6(s: Spelling, x: Value, scope: string): Value {
  const { b } = s;
  return b.layer(
    scope,
    'Clip',
    [x],
    () => b.op('Sub', [b.op('Relu', [x]), b.op('Relu', [b.op('Sub', [x, b.constant(float32(), [6])])])]),
    '',
  );
}

/** relu6(x + 3) / 6 */
function hardSigmoid(s: Spelling, x: Value): Value {
  const { b } = s;
  const shifted = b.op('Add', [x, b.constant(float32(), [3])]);
  const cut = b.op('Sub', [
    b.op('Relu', [shifted]),
    b.op('Relu', [b.op('Sub', [shifted, b.constant(float32(), [6])])]),
  ]);
  return b.op('Mul', [cut, b.constant(float32(), [1 / 6])]);
}

const BY_NAME: Readonly<Record<string, ActivationName>> = {
  relu: 'relu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  elu: 'elu',
  gelu: 'gelu',
  swish: 'silu',
  silu: 'silu',
};

/** An activation that a Keras layer carries with it. A softmax at the very end belongs to the loss. */
function carried(s: Spelling, x: Value): Value {
  const { activation } = s.node.attributes;
  if (typeof activation !== 'string' || activation === 'linear') return x;
  if ((activation === 'softmax' || activation === 'log_softmax') && s.isEnd) return x;
  const name = BY_NAME[activation];
  return name
    ? activate(s, x, name, `${s.scope}_${activation}`)
    : s.refuse(t('the activation {0} has no counterpart here.', activation));
}

function binary(op: string): Speller {
  return (s) => {
    const { b } = s;
    const [x, y] = s.inputs;
    if (!y) return s.refuse(t('it takes two tensors.'));
    if (x.type.shape.length !== y.type.shape.length && x.type.shape.length > 0 && y.type.shape.length > 0)
      return s.refuse(t('tensors of different rank meet.'));
    return [b.layer(s.scope, op, [x, y], () => b.op(op, [x, y]), '')];
  };
}

function merged(op: string, finish?: (s: Spelling, sum: Value) => Value): Speller {
  return (s) => {
    const { b, inputs } = s;
    const result = b.layer(
      s.scope,
      op,
      inputs,
      () => {
        const sum = inputs.slice(1).reduce((a, v) => b.op(op, [a, v]), inputs[0]);
        return finish ? finish(s, sum) : sum;
      },
      '',
    );
    return [result];
  };
}

const through: Speller = ({ inputs }) => [inputs[0]];

/** At the end a softmax is part of the loss; elsewhere the IR has none. */
const softmaxAtEnd: Speller = (s) =>
  s.isEnd ? [s.inputs[0]] : s.refuse(t('a softmax inside a network has no counterpart here.'));

/** An axis in the IR's order. */
function axisOf(s: Spelling, axis: unknown, rank: number): number {
  if (typeof axis !== 'number') return s.refuse(t('its axis is not known.'));
  const at = axis < 0 ? axis + rank : axis;
  return s.isChannelsLast && rank === 4 ? [0, 2, 3, 1][at] : at;
}

export const spellings = {
  conv: (s) => [carried(s, conv(s))],
  dense: (s) => [carried(s, dense(s))],
  batchNorm: (s) => [batchNorm(s)],
  groupNorm: (s) => [groupNorm(s)],
  relu: (s) => (s.node.attributes.maximum === 6 ? [relu6(s, s.inputs[0], s.scope)] : named('relu')(s)),
  relu6: (s) => [relu6(s, s.inputs[0], s.scope)],
  sigmoid: named('sigmoid'),
  tanh: named('tanh'),
  gelu: named('gelu'),
  silu: named('silu'),
  elu: named('elu'),
  leakyRelu: (s) => {
    const { b, inputs, node } = s;
    const alpha = node.attributes.alpha ?? node.attributes.negative_slope;
    return [
      b.layer(
        s.scope,
        'LeakyRelu',
        inputs,
        () => b.op('LeakyRelu', inputs, { alpha: typeof alpha === 'number' ? alpha : 0.01 }),
        '',
      ),
    ];
  },
  hardSigmoid: (s) => [s.b.layer(s.scope, 'HardSigmoid', s.inputs, () => hardSigmoid(s, s.inputs[0]), '')],
  hardSwish: (s) => [
    s.b.layer(
      s.scope,
      'HardSwish',
      s.inputs,
      () => s.b.op('Mul', [s.inputs[0], hardSigmoid(s, s.inputs[0])]),
      '',
    ),
  ],
  activation: (s) => {
    const { activation } = s.node.attributes;
    if (activation === 'softmax' && s.isEnd) return [s.inputs[0]];
    if (activation === 'relu6') return [relu6(s, s.inputs[0], s.scope)];
    const name = typeof activation === 'string' ? BY_NAME[activation] : undefined;
    return activation === 'linear'
      ? through(s)
      : name
        ? named(name)(s)
        : s.refuse(t('the activation {0} has no counterpart here.', String(activation)));
  },
  softmax: softmaxAtEnd,
  logSoftmax: softmaxAtEnd,
  maxPool: (s) => [maxPool(s)],
  averagePool: (s) => [averagePool(s)],
  adaptiveAveragePool: (s) => [averagePool(s)],
  globalAveragePool: (s) => {
    const { b, inputs } = s;
    const pooled = b.layer(s.scope, 'GlobalAveragePool', inputs, () => b.op('GlobalAveragePool', inputs), '');
    return [s.shape.length === 2 ? b.op('Flatten', [pooled]) : pooled];
  },
  globalMaxPool: (s) => {
    const { b, inputs } = s;
    const [, , height, width] = inputs[0].type.shape;
    const pooled = b.layer(
      s.scope,
      'GlobalMaxPool',
      inputs,
      () => b.op('MaxPool', inputs, { kernel: [height, width] }),
      '',
    );
    return [s.shape.length === 2 ? b.op('Flatten', [pooled]) : pooled];
  },
  flatten: (s) => {
    const { b, inputs } = s;
    if (inputs[0].type.shape.length === 2 && s.shape.length === 2) return through(s);
    return s.node.attributes.axis === 1 && s.shape.length === 2
      ? [b.layer(s.scope, 'Flatten', inputs, () => b.op('Flatten', inputs), '')]
      : [reshape(s)];
  },
  reshape: (s) => [reshape(s)],
  permute: (s) => [permute(s)],
  slice: (s) => [slice(s)],
  pad: (s) => [padLast(s)],
  zeroPad: (s) => [padImage(s)],
  padAll: (s) => [padAll(s)],
  add: merged('Add'),
  multiply: merged('Mul'),
  average: merged('Add', (s, sum) => s.b.op('Mul', [sum, s.b.constant(float32(), [1 / s.inputs.length])])),
  subtract: binary('Sub'),
  divide: binary('Div'),
  concat: (s) => {
    const { b, inputs } = s;
    const axis = axisOf(s, s.node.attributes.axis, inputs[0].type.shape.length);
    return [b.layer(s.scope, 'Concat', inputs, () => b.op('Concat', inputs, { axis }), '')];
  },
  split: (s) => {
    const { b, inputs, node } = s;
    const axis = axisOf(s, node.attributes.axis, inputs[0].type.shape.length);
    const at = typeof node.attributes.axis === 'number' ? node.attributes.axis : 0;
    const sizes = node.outputs.map((output) => Number(output.shape?.[at]));
    if (sizes.some(Number.isNaN)) return s.refuse(t('its shape is not known.'));
    return b.within(s.scope, () => b.apply('Split', inputs, { axis, sizes }), '');
  },
  mean: (s) => {
    const { b, inputs, node } = s;
    const { axes, keep } = node.attributes;
    if (!Array.isArray(axes)) return s.refuse(t('its axis is not known.'));
    const turned = axes.map((axis) => axisOf(s, axis, inputs[0].type.shape.length)).sort((x, y) => x - y);
    return [
      b.layer(
        s.scope,
        'ReduceMean',
        inputs,
        () => b.op('ReduceMean', inputs, { axes: turned, keepdims: keep === true }),
        '',
      ),
    ];
  },
  dropout: (s) => {
    const { rate, p } = s.node.attributes;
    const share = typeof rate === 'number' ? rate : p;
    if (typeof share !== 'number') return s.refuse(t('its rate is not known.'));
    return [s.b.within('', () => dropout(s.b, s.scope, s.inputs[0], share))];
  },
  identity: through,
  rescale: (s) => {
    const { b, inputs, node } = s;
    const { scale, offset } = node.attributes;
    if (typeof scale !== 'number') return s.refuse(t('its numbers are not known.'));
    return [
      b.layer(
        s.scope,
        'Mul',
        inputs,
        () => {
          const scaled = b.op('Mul', [inputs[0], b.constant(float32(), [scale])]);
          return typeof offset === 'number' && offset !== 0
            ? b.op('Add', [scaled, b.constant(float32(), [offset])])
            : scaled;
        },
        '',
      ),
    ];
  },
} satisfies Record<string, Speller>;
