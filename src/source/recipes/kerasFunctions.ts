/** Functions of TensorFlow, keras.backend and keras.ops that change shapes, and attributes of their tensors. */
import { t } from '../../base/localize';
import type { Machine } from '../interpreter/machine';
import { native } from '../interpreter/methods';
import {
  type InstanceValue,
  int,
  NONE,
  string,
  type TensorValue,
  tuple,
  unknown,
  type Value,
} from '../values/values';
import { product } from './arithmetic';
import { kerasLayers } from './keras';
import {
  clipped,
  concat,
  creation,
  floor,
  inputTensor,
  merging,
  numbered,
  pad,
  pairwise,
  type Row,
  reduction,
  reshape,
  same,
  shapeOf,
  split,
  stack,
  tensorArg,
  tfPool,
  transpose,
  unary,
} from './kerasFunctionRows';
import { classOf } from './kerasModules';
import { squeezeRule, unsqueezeRule } from './pytorchRules';
import { type NativeContext, signature } from './recipe';

const FUNCTIONS: Readonly<Record<string, Row>> = {
  relu: same('relu'),
  relu6: same('relu6'),
  leaky_relu: numbered('leakyRelu', 'alpha=0.2, negative_slope=None'),
  elu: numbered('elu', 'alpha=1.0'),
  selu: same('selu'),
  gelu: numbered('gelu', 'approximate=False'),
  gelu_tanh: numbered('gelu', 'approximate=True'),
  silu: same('silu'),
  swish: same('silu'),
  sigmoid: same('sigmoid'),
  tanh: same('tanh'),
  softmax: numbered('softmax', 'axis=-1'),
  log_softmax: numbered('logSoftmax', 'axis=-1'),
  softplus: same('softplus'),
  hard_sigmoid: same('hardSigmoid'),
  dropout: same('dropout'),
  identity: same('identity'),
  stop_gradient: same('detach'),
  cast: same('identity'),
  l2_normalize: same('normalize'),
  abs: same('abs'),
  exp: same('exp'),
  log: same('log'),
  sqrt: same('sqrt'),
  square: same('square'),
  rsqrt: same('rsqrt'),
  pow: numbered('power', 'exponent'),
  softsign: same('softsign'),
  mish: same('mish'),
  hard_swish: same('hardSwish'),
  hard_silu: same('hardSwish'),
  stack: { signature: 'values, axis=0, **kwargs', call: stack },
  reduce_min: reduction('min'),
  reduce_variance: reduction('variance'),
  clip_by_value: unary('x, min, max, **kwargs', clipped),
  clip: unary('x, min, max, **kwargs', clipped),
  add: pairwise('add'),
  subtract: pairwise('subtract'),
  multiply: pairwise('multiply'),
  divide: pairwise('divide'),
  maximum: pairwise('maximum'),
  minimum: pairwise('minimum'),
  concat: { signature: 'values, axis=-1, **kwargs', call: concat },
  concatenate: { signature: 'values, axis=-1, **kwargs', call: concat },
  pad: { signature: 'x, paddings, mode=CONSTANT, constant_values=0, **kwargs', call: pad },
  reshape: { signature: 'x, shape, **kwargs', call: reshape },
  transpose: { signature: 'x, perm=None, **kwargs', call: transpose },
  permute_dimensions: { signature: 'x, perm=None', call: transpose },
  split: { signature: 'x, count, axis=0, **kwargs', call: split },
  squeeze: unary('x, axis=None, **kwargs', (x, args) => squeezeRule(x, args.get('axis'))),
  expand_dims: unary('x, axis=-1, **kwargs', (x, args) => unsqueezeRule(x, args.dim('axis'))),
  reduce_mean: reduction('mean'),
  reduce_sum: reduction('sum'),
  reduce_max: reduction('max'),
  mean: reduction('mean'),
  sum: reduction('sum'),
  max: reduction('max'),
  matmul: { signature: 'x, y', call: (c) => matmul(c) },
  shape: { signature: 'x, **kwargs', call: shapeOf },
  int_shape: { signature: 'x', call: shapeOf },
  image_data_format: { call: () => string('channels_last') },
  image_dim_ordering: { call: () => string('tf') },
  zeros: creation({ kind: 'constant', value: 0 }),
  ones: creation({ kind: 'constant', value: 1 }),
  normal: creation(),
  uniform: creation({ kind: 'uniform', low: 0, high: 1 }),
  floor: { signature: 'x, **kwargs', call: floor },
  max_pool2d: tfPool('maxPool', 'MaxPooling2D'),
  avg_pool2d: tfPool('averagePool', 'AveragePooling2D'),
  max_pool: tfPool('maxPool', 'MaxPooling2D'),
  avg_pool: tfPool('averagePool', 'AveragePooling2D'),
};

function matmul(c: NativeContext): Value {
  const [a, b] = [tensorArg(c, 'x'), tensorArg(c, 'y')];
  return a && b
    ? product(c.machine, a, b, 'keras', c.site, c.callee)
    : unknown(t('{0} is not given a tensor here.', c.callee));
}

export const kerasFunctions: ReadonlyMap<string, Value> = new Map(
  Object.entries(FUNCTIONS).map(([name, row]) => [
    name,
    {
      kind: 'native',
      function: {
        name,
        signature: row.signature === undefined ? undefined : signature(row.signature),
        call: row.call,
      },
    } as const,
  ]),
);

/** Merge layers in their function form. */
export const kerasMerges: ReadonlyMap<string, Value> = new Map(
  Object.entries({
    add: 'Add',
    subtract: 'Subtract',
    multiply: 'Multiply',
    average: 'Average',
    maximum: 'Maximum',
    minimum: 'Minimum',
    concatenate: 'Concatenate',
  }).map(([name, layer]) => {
    const row = merging(layer);
    return [
      name,
      {
        kind: 'native',
        function: { name, signature: row.signature ? signature(row.signature) : undefined, call: row.call },
      } as const,
    ];
  }),
);

export const kerasInput: Value = {
  kind: 'native',
  function: {
    name: 'Input',
    signature: signature(
      'shape=None, batch_size=None, dtype=None, sparse=None, batch_shape=None, name=None, tensor=None, optional=False, **kwargs',
    ),
    call: inputTensor,
  },
};

export function kerasTensorAttribute(machine: Machine, tensor: TensorValue, name: string): Value | undefined {
  switch (name) {
    case 'shape':
      return tensor.shape
        ? tuple(tensor.shape.map(int))
        : unknown(tensor.reason ?? t('The shape of the input is not known.'));
    case 'get_shape':
      return native(name, () => kerasTensorAttribute(machine, tensor, 'shape') ?? NONE);
    case 'ndim':
    case 'rank':
      return tensor.shape ? int(tensor.shape.length) : undefined;
    case 'as_list':
      return native(name, () => kerasTensorAttribute(machine, tensor, 'shape') ?? NONE);
    default:
      return undefined;
  }
}

/** A layer made on the fly, for functions that stand for one. */
export function madeLayer(machine: Machine, name: string): InstanceValue {
  const recipe = kerasLayers[name];
  return {
    kind: 'instance',
    id: machine.id(),
    class: classOf(recipe),
    attributes: new Map(),
    layer: { recipe, args: new Map(), children: [], built: false, trainable: true },
  };
}
