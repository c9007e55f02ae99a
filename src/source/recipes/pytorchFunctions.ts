/** Functions of `torch` and `torch.nn.functional`, and the tensor methods that are the same functions. */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import { iterate } from '../interpreter/sequences';
import { type Dim, multiply, sameDim, unknownDim } from '../values/dims';
import type { OpResult } from '../values/trace';
import { int, NONE, type TensorValue, tuple, unknown, type Value } from '../values/values';
import { asTensor, elementwiseRule, product } from './arithmetic';
import { attributesOf, flattenRule, pytorchLayers, windowOf } from './pytorch';
import {
  interpolate,
  padded,
  permuteRule,
  reduceRule,
  sizesOf,
  splitSizes,
  squeezeRule,
  transposeRule,
  unsqueezeRule,
  viewRule,
} from './pytorchRules';
import { Args, type NativeContext, type NativeFunction, signature } from './recipe';
import { axisOf, concatenated } from './shapes';
import { convolve } from './windows';

type Call = (c: NativeContext) => Value;

interface Row {
  readonly signature?: string;
  readonly call: Call;
}

function tensorArg(c: NativeContext, name: string): TensorValue | undefined {
  return asTensor(c.machine, c.args.get(name), 'pytorch');
}

export function emitOne(
  c: NativeContext,
  inputs: readonly TensorValue[],
  rule: (inputs: readonly TensorValue[]) => OpResult,
): Value {
  return c.machine.emit({ inputs, rule, callee: c.callee, framework: 'pytorch', site: c.site })[0];
}

/** A function of one tensor called `input`. */
function unary(sig: string, rule: (input: TensorValue, args: Args) => OpResult): Row {
  return {
    signature: sig,
    call: (c) => {
      const input = tensorArg(c, 'input');
      if (!input) return notATensor(c);
      return emitOne(c, [input], ([x]) => rule(x, c.args));
    },
  };
}

function notATensor(c: NativeContext): Value {
  return unknown(t('{0} is not given a tensor here.', c.callee));
}

function same(op: string, sig = ''): Row {
  return unary(`input${sig ? `, ${sig}` : ''}`, (x, args) => ({
    op,
    shapes: [x.shape],
    attributes: attributesOf(args),
  }));
}

/** The functional form of a layer without weights: its row, called at once. */
function asLayer(name: string): Row {
  const recipe = pytorchLayers[name];
  const params = recipe.signature.params.map((param) => param.name);
  return {
    call: (c) => {
      const bound = bindFunctional(name, c);
      const input = bound?.input && asTensor(c.machine, bound.input, 'pytorch');
      if (!bound || !input || !recipe.rule) return notATensor(c);
      const { rule } = recipe;
      void params;
      return emitOne(c, [input], (inputs) => rule(inputs, bound.args));
    },
  };
}

function bindFunctional(name: string, c: NativeContext): { input: Value; args: Args } | undefined {
  const params = [{ name: 'input' }, ...pytorchLayers[name].signature.params];
  const values = new Map<string, Value>();
  const sites = new Map();
  if (c.call.positional.length > params.length) return undefined;
  c.call.positional.forEach(({ value, site }, i) => {
    values.set(params[i].name, value);
    sites.set(params[i].name, site);
  });
  for (const [key, { value, site }] of c.call.keywords) {
    values.set(key, value);
    sites.set(key, site);
  }
  for (const param of pytorchLayers[name].signature.params) {
    if (!values.has(param.name)) {
      if (c.call.unknownRest !== undefined) values.set(param.name, unknown(c.call.unknownRest));
      else if (param.default) values.set(param.name, param.default);
      else return undefined;
    }
  }
  const input = values.get('input');
  return input && { input, args: new Args(values, sites) };
}

/** What a function makes of a list of tensors; undefined where the list is not known. */
export function tensorsOf(c: NativeContext, value: Value): TensorValue[] | undefined {
  const items = value.kind === 'tensor' ? undefined : iterate(c.machine, value);
  const tensors = items?.map((item) => asTensor(c.machine, item, 'pytorch'));
  return tensors?.every((tensor) => tensor !== undefined) ? tensors : undefined;
}

function concat(c: NativeContext): Value {
  const tensors = tensorsOf(c, c.args.get('tensors'));
  if (!tensors) return unknown(t('The tensors that are joined are not known.'));
  const axis = c.args.dim(c.args.has('axis') ? 'axis' : 'dim');
  return emitOne(c, tensors, (inputs) => ({
    op: 'concat',
    shapes: [concatenated(inputs, axis, 'pytorch')],
    reason: reasonOf(inputs),
    attributes: { axis: typeof axis === 'number' ? axis : undefined },
  }));
}

function stack(c: NativeContext): Value {
  const tensors = tensorsOf(c, c.args.get('tensors'));
  if (!tensors) return unknown(t('The tensors that are joined are not known.'));
  return emitOne(c, tensors, (inputs) => {
    const first = inputs[0]?.shape;
    const at = first && axisOf(c.args.dim('dim'), first.length + 1);
    if (!first || at === undefined) return { op: 'stack', shapes: [undefined], reason: reasonOf(inputs) };
    return { op: 'stack', shapes: [[...first.slice(0, at), inputs.length, ...first.slice(at)]] };
  });
}

function splitTensor(sizeName: string, countName?: string): Call {
  return (c) => {
    const input = tensorArg(c, 'input');
    if (!input) return notATensor(c);
    const { shape } = input;
    const at = shape && axisOf(c.args.dim('dim'), shape.length);
    const sizes =
      shape && at !== undefined
        ? splitSizes(
            shape,
            at,
            sizeName ? c.args.get(sizeName) : NONE,
            countName ? c.args.dim(countName) : undefined,
          )
        : undefined;
    if (!shape || at === undefined || !sizes) return unknown(t('How the tensor is split is not known.'));
    const outputs = c.machine.emit({
      inputs: [input],
      rule: () => ({
        op: 'split',
        shapes: sizes.map((size) => shape.map((dim, i) => (i === at ? size : dim))),
        attributes: { axis: at },
      }),
      callee: c.callee,
      framework: 'pytorch',
      site: c.site,
    });
    return tuple(outputs);
  };
}

/** Two tensors, element by element. */
function pairwise(op: string): Row {
  return {
    signature: 'input, other, alpha=1',
    call: (c) => {
      const [a, b] = [tensorArg(c, 'input'), tensorArg(c, 'other')];
      return a && b ? emitOne(c, [a, b], (inputs) => elementwiseRule(op, inputs, 'pytorch')) : notATensor(c);
    },
  };
}

function reduction(op: string): Row {
  return unary('input, dim=None, keepdim=False, dtype=None', (x, args) =>
    reduceRule(x, op, args.get('dim'), args.flag('keepdim')),
  );
}

/** max and min: one tensor over all, or values and indices along an axis, or pairwise. */
function extreme(op: string): Row {
  return {
    signature: 'input, dim=None, keepdim=False',
    call: (c) => {
      const input = tensorArg(c, 'input');
      if (!input) return notATensor(c);
      if (c.args.get('dim').kind === 'tensor') return pairwiseOf(c, op, input, c.args.get('dim'));
      const rule = ([x]: readonly TensorValue[]): OpResult =>
        reduceRule(x, op, c.args.get('dim'), c.args.flag('keepdim'));
      const values = emitOne(c, [input], rule);
      return c.args.has('dim') ? tuple([values, emitOne(c, [input], rule)]) : values;
    },
  };
}

function pairwiseOf(c: NativeContext, op: string, a: TensorValue, other: Value): Value {
  const b = asTensor(c.machine, other, 'pytorch');
  return b ? emitOne(c, [a, b], (inputs) => elementwiseRule(op, inputs, 'pytorch')) : notATensor(c);
}

/** Sizes after the tensor in a method call: `x.view(2, 3)`. */
function trailing(c: NativeContext, from = 1): Value[] {
  return c.call.positional.slice(from).map(({ value }) => value);
}

const sized = (
  rule: (x: TensorValue, sizes: readonly Dim[] | undefined) => OpResult,
  keyword: string,
): Row => ({
  call: (c) => {
    const input = c.call.positional[0] && asTensor(c.machine, c.call.positional[0].value, 'pytorch');
    if (!input) return notATensor(c);
    const named = c.call.keywords.get(keyword)?.value;
    const sizes = c.call.unknownRest === undefined ? sizesOf(named ? [named] : trailing(c)) : undefined;
    return emitOne(c, [input], ([x]) => rule(x, sizes));
  },
});

function expandRule(x: TensorValue, sizes: readonly Dim[] | undefined): OpResult {
  const { shape } = x;
  if (!shape || !sizes || sizes.length < shape.length)
    return { op: 'expand', shapes: [undefined], reason: reasonOf([x]) };
  const offset = sizes.length - shape.length;
  return {
    op: 'expand',
    shapes: [sizes.map((size, i) => (size === -1 && i >= offset ? shape[i - offset] : size))],
  };
}

function repeatRule(x: TensorValue, sizes: readonly Dim[] | undefined): OpResult {
  const { shape } = x;
  if (!shape || !sizes || sizes.length < shape.length)
    return { op: 'repeat', shapes: [undefined], reason: reasonOf([x]) };
  const offset = sizes.length - shape.length;
  return {
    op: 'repeat',
    shapes: [sizes.map((size, i) => (i < offset ? size : multiply(shape[i - offset], size)))],
  };
}

/** A tensor made from sizes: dummy inputs among them. */
function creation(op: string): Row {
  return {
    call: (c) => {
      const named = c.call.keywords.get('size')?.value;
      const leading =
        op === 'full'
          ? c.call.positional.slice(0, 1)
          : op === 'randint'
            ? c.call.positional.slice(-1)
            : c.call.positional;
      const sizes = sizesOf(named ? [named] : leading.map(({ value }) => value));
      return {
        ...c.machine.tensor(sizes, 'constant', 'pytorch', t('The sizes are not known.')),
        site: c.machine.place(c.site),
        dtype: op === 'randint' ? 'int' : 'float',
      };
    },
  };
}

const like: Row = {
  signature: 'input, **kwargs',
  call: (c) => {
    const input = tensorArg(c, 'input');
    return input ? c.machine.tensor(input.shape, 'constant', 'pytorch', input.reason) : notATensor(c);
  },
};

function functionalConv(rank: number): Row {
  return {
    signature: 'input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1',
    call: (c) => {
      const [input, weight] = [tensorArg(c, 'input'), tensorArg(c, 'weight')];
      if (!input || !weight) return notATensor(c);
      const shape = weight.shape;
      if (shape?.length !== rank + 2)
        return unknown(weight.reason ?? t('The weight of the convolution is not known.'));
      return emitOne(c, [input, weight], ([x]) =>
        convolve(x, {
          ...windowOf(
            new Args(new Map([...c.args.values, ['kernel_size', tuple(shape.slice(2).map(int))]]), new Map()),
            rank,
          ),
          layer: c.callee,
          layout: { framework: 'pytorch', order: 'first', rank },
          filters: shape[0],
          channels: multiply(shape[1], c.args.dim('groups')),
          groups: c.args.dim('groups'),
          hasBias: c.args.has('bias'),
        }),
      );
    },
  };
}

const linear: Row = {
  signature: 'input, weight, bias=None',
  call: (c) => {
    const [input, weight] = [tensorArg(c, 'input'), tensorArg(c, 'weight')];
    if (!input || !weight) return notATensor(c);
    return emitOne(c, [input, weight], ([x, w]) => {
      if (!x.shape || w.shape?.length !== 2)
        return { op: 'matmul', shapes: [undefined], reason: reasonOf([x, w]) };
      const fits = sameDim(x.shape[x.shape.length - 1], w.shape[1]) !== false;
      return {
        op: 'matmul',
        shapes: [fits ? [...x.shape.slice(0, -1), w.shape[0]] : undefined],
        macs: unknownDim(t('The cost is not counted.')),
      };
    });
  },
};

const FUNCTIONS = {
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
  layer_norm: same('layerNorm', 'normalized_shape, weight=None, bias=None, eps=1e-5'),
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
  clamp: same('clip', 'min=None, max=None'),
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
    padded(x, args.get('pad'), 2, args.text('mode') === 'constant' ? (args.number('value') ?? 0) : undefined),
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
  std: reduction('std'),
  var: reduction('variance'),
  norm: unary('input, p=2, dim=None, keepdim=False', (x, args) =>
    reduceRule(x, 'norm', args.get('dim'), args.flag('keepdim')),
  ),
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

function matmul(c: NativeContext): Value {
  const [a, b] = [tensorArg(c, 'input'), tensorArg(c, 'other')];
  return a && b ? product(c.machine, a, b, 'pytorch', c.site, c.callee) : notATensor(c);
}

function sizeOfTensor(c: NativeContext): Value {
  const shape = tensorArg(c, 'input')?.shape;
  return shape
    ? int(shape.reduce((a: Dim, b) => multiply(a, b), 1))
    : unknown(t('The shape of the input is not known.'));
}

const CREATIONS = {
  rand: creation('rand'),
  randn: creation('randn'),
  randint: creation('randint'),
  zeros: creation('zeros'),
  ones: creation('ones'),
  empty: creation('empty'),
  full: creation('full'),
  Tensor: creation('Tensor'),
  FloatTensor: creation('FloatTensor'),
  zeros_like: like,
  ones_like: like,
  randn_like: like,
  rand_like: like,
  Size: { call: (c: NativeContext) => tuple(iterate(c.machine, c.call.positional[0]?.value ?? NONE) ?? []) },
} satisfies Record<string, Row>;

/** A tensor takes the shape of another. */
function asOther(op: string): Row {
  return {
    signature: 'input, other',
    call: (c) => {
      const [input, other] = [tensorArg(c, 'input'), tensorArg(c, 'other')];
      return input && other
        ? emitOne(c, [input, other], ([, y]) => ({ op, shapes: [y.shape] }))
        : notATensor(c);
    },
  };
}

const METHODS = {
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
  'to cuda cpu float half double long int bool contiguous detach clone requires_grad_ type type_as clamp clamp_ relu_ data masked_fill masked_fill_ fill_ normal_ uniform_ zero_ pin_memory retain_grad sqrt_ exp_ sigmoid_ tanh_ bfloat16'.split(
    ' ',
  ),
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
