import { iterate } from '../interpreter/sequences';
import { NONE, tuple, type Value } from '../values/values';
import { flattenRule } from './pytorchBuilders';
import {
  asLayer,
  asOther,
  concat,
  creation,
  expandRule,
  fromData,
  functionalConv,
  like,
  linear,
  matmul,
  pairwise,
  type Row,
  repeatRule,
  same,
  sized,
  sizeOfTensor,
  sizesOrData,
  splitTensor,
  stack,
  unary,
} from './pytorchCalls';
import { MORE_FUNCTIONS, MORE_METHODS } from './pytorchMore';
import { extreme, normOver, reduction, spread } from './pytorchReductions';
import {
  interpolate,
  padded,
  permuteRule,
  reduceRule,
  squeezeRule,
  transposeRule,
  unsqueezeRule,
  viewRule,
} from './pytorchRules';
import { type NativeContext, type NativeFunction, signature } from './recipe';

const FUNCTIONS = {
  ...MORE_FUNCTIONS,
  relu: same('relu', 'inplace=False'),
  relu_: same('relu'),
  relu6: same('relu6', 'inplace=False'),
  leaky_relu: same('leakyRelu', 'negative_slope=0.01, inplace=False'),
  leaky_relu_: same('leakyRelu', 'negative_slope=0.01'),
  elu: same('elu', 'alpha=1.0, inplace=False'),
  selu: same('selu', 'inplace=False'),
  gelu: same('gelu', 'approximate=none'),
  silu: same('silu', 'inplace=False'),
  mish: same('mish', 'inplace=False'),
  hardtanh: same('clip', 'min_val=-1.0, max_val=1.0, inplace=False'),
  hardswish: same('hardSwish', 'inplace=False'),
  hardsigmoid: same('hardSigmoid', 'inplace=False'),
  softplus: same('softplus', 'beta=1, threshold=20'),
  logsigmoid: same('logSigmoid'),
  sigmoid: same('sigmoid'),
  tanh: same('tanh'),
  softmax: same('softmax', 'dim=None, dtype=None'),
  log_softmax: same('logSoftmax', 'dim=None, dtype=None'),
  normalize: same('normalize', 'p=2.0, dim=1, eps=1e-12'),
  dropout: same('dropout', 'p=0.5, training=True, inplace=False'),
  dropout2d: same('dropout', 'p=0.5, training=True, inplace=False'),
  alpha_dropout: same('dropout', 'p=0.5, training=True, inplace=False'),
  drop_path: same('dropout', 'p=0.5, training=True'),
  batch_norm: same(
    'batchNorm',
    'running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5',
  ),
  sqrt: same('sqrt'),
  exp: same('exp'),
  log: same('log'),
  abs: same('abs'),
  neg: same('neg'),
  pow: same('power', 'exponent'),
  max_pool1d: asLayer('MaxPool1d'),
  max_pool2d: asLayer('MaxPool2d'),
  avg_pool1d: asLayer('AvgPool1d'),
  avg_pool2d: asLayer('AvgPool2d'),
  avg_pool3d: asLayer('AvgPool3d'),
  adaptive_avg_pool1d: asLayer('AdaptiveAvgPool1d'),
  adaptive_avg_pool2d: asLayer('AdaptiveAvgPool2d'),
  adaptive_avg_pool3d: asLayer('AdaptiveAvgPool3d'),
  adaptive_max_pool2d: asLayer('AdaptiveMaxPool2d'),
  pixel_shuffle: asLayer('PixelShuffle'),
  interpolate: unary(
    'input, size=None, scale_factor=None, mode=nearest, align_corners=None, recompute_scale_factor=None, antialias=False',
    interpolate,
  ),
  upsample: unary('input, size=None, scale_factor=None, mode=nearest, align_corners=None', interpolate),
  pad: unary('input, pad, mode=constant, value=0', (x, args) =>
    padded(
      x,
      args.get('pad'),
      2,
      args.text('mode') === 'constant' && args.get('value').kind !== 'unknown'
        ? (args.number('value') ?? 0)
        : undefined,
      args.text('mode'),
    ),
  ),
  conv1d: functionalConv(1),
  conv2d: functionalConv(2),
  conv3d: functionalConv(3),
  linear,
  flatten: unary('input, start_dim=0, end_dim=-1', (x, args) =>
    flattenRule(x, args.dim('start_dim'), args.dim('end_dim')),
  ),
  cat: { signature: 'tensors, dim=0, axis=None', call: concat },
  concat: { signature: 'tensors, dim=0, axis=None', call: concat },
  concatenate: { signature: 'tensors, dim=0, axis=None', call: concat },
  stack: { signature: 'tensors, dim=0', call: stack },
  chunk: { signature: 'input, chunks, dim=0', call: splitTensor('', 'chunks') },
  split: { signature: 'input, split_size, dim=0', call: splitTensor('split_size') },
  add: pairwise('add'),
  add_: pairwise('add'),
  sub: pairwise('subtract'),
  subtract: pairwise('subtract'),
  mul: pairwise('multiply'),
  multiply: pairwise('multiply'),
  mul_: pairwise('multiply'),
  div: pairwise('divide'),
  maximum: pairwise('maximum'),
  minimum: pairwise('minimum'),
  eq: pairwise('equal'),
  matmul: { signature: 'input, other', call: matmul },
  bmm: { signature: 'input, other', call: matmul },
  mm: { signature: 'input, other', call: matmul },
  mean: reduction('mean'),
  sum: reduction('sum'),
  std: spread('std'),
  var: spread('variance'),
  norm: normOver,
  argmax: unary('input, dim=None, keepdim=False', (x, args) =>
    reduceRule(x, 'argmax', args.get('dim'), args.flag('keepdim')),
  ),
  max: extreme('max'),
  min: extreme('min'),
  reshape: sized(viewRule, 'shape'),
  permute: sized((x, order) => permuteRule(x, order), 'dims'),
  transpose: unary('input, dim0, dim1', (x, args) => transposeRule(x, args.dim('dim0'), args.dim('dim1'))),
  swapaxes: unary('input, dim0, dim1', (x, args) => transposeRule(x, args.dim('dim0'), args.dim('dim1'))),
  squeeze: unary('input, dim=None', (x, args) => squeezeRule(x, args.get('dim'))),
  unsqueeze: unary('input, dim', (x, args) => unsqueezeRule(x, args.dim('dim'))),
  numel: { signature: 'input', call: (c) => sizeOfTensor(c) },
} satisfies Record<string, Row>;

const CREATIONS = {
  rand: creation('rand'),
  randn: creation('randn'),
  randint: creation('randint'),
  zeros: creation('zeros'),
  ones: creation('ones'),
  empty: creation('empty'),
  full: creation('full'),
  Tensor: sizesOrData,
  FloatTensor: sizesOrData,
  LongTensor: sizesOrData,
  tensor: fromData,
  as_tensor: fromData,
  zeros_like: like('zeros_like'),
  ones_like: like('ones_like'),
  randn_like: like('randn_like'),
  rand_like: like('rand_like'),
  Size: { call: (c: NativeContext) => tuple(iterate(c.machine, c.call.positional[0]?.value ?? NONE) ?? []) },
} satisfies Record<string, Row>;

const METHODS = {
  ...MORE_METHODS,
  expand_as: asOther('expand'),
  view_as: asOther('reshape'),
  reshape_as: asOther('reshape'),
  view: sized(viewRule, 'shape'),
  reshape: sized(viewRule, 'shape'),
  permute: sized((x, order) => permuteRule(x, order), 'dims'),
  expand: sized(expandRule, 'size'),
  repeat: sized(repeatRule, 'repeats'),
  t: unary('input', (x) => transposeRule(x, 0, 1)),
} satisfies Record<string, Row>;

/** Methods that return the tensor as it is, as far as shapes go. */
const THROUGH = new Set(
  'to cuda cpu float half double contiguous clone type type_as pin_memory retain_grad bfloat16'.split(' '),
);

function native(prefix: string, name: string, row: Row): NativeFunction {
  return {
    name: `${prefix}${name}`,
    signature: row.signature === undefined ? undefined : signature(row.signature),
    call: row.call,
  };
}

function tableOf(prefix: string, rows: Readonly<Record<string, Row>>): ReadonlyMap<string, Value> {
  return new Map(
    Object.entries(rows).map(([name, row]) => [
      name,
      { kind: 'native', function: native(prefix, name, row) } as const,
    ]),
  );
}

export const functionalMembers = tableOf('F.', FUNCTIONS);
export const torchMembers: ReadonlyMap<string, Value> = new Map([
  ...tableOf('torch.', FUNCTIONS),
  ...tableOf('torch.', CREATIONS),
]);
const methodMembers: ReadonlyMap<string, Value> = new Map([
  ...tableOf('', FUNCTIONS),
  ...tableOf('', METHODS),
]);

/** A method as an unbound function whose first argument is the tensor. */
export function tensorMethod(name: string): Value | undefined {
  if (THROUGH.has(name))
    return { kind: 'native', function: { name, call: (c) => c.call.positional[0]?.value ?? NONE } };
  return methodMembers.get(name);
}
