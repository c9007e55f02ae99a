/** Functions of TensorFlow, keras.backend and keras.ops that change shapes, and attributes of their tensors. */
import { t } from '../../base/localize';
import type { Machine } from '../interpreter/machine';
import { reasonOf } from '../interpreter/machine';
import { native } from '../interpreter/methods';
import { iterate } from '../interpreter/sequences';
import { add, type Dim, symbol } from '../values/dims';
import type { OpResult } from '../values/trace';
import {
  type InstanceValue,
  int,
  list,
  NONE,
  type Start,
  string,
  type TensorValue,
  tuple,
  unknown,
  type Value,
} from '../values/values';
import { asTensor, elementwiseRule, flooredStart, product } from './arithmetic';
import { kerasLayers } from './keras';
import { tensorsIn } from './kerasCalls';
import { classOf } from './kerasModules';
import { permuteRule, reduceRule, sizesOf, splitSizes, squeezeRule, unsqueezeRule } from './pytorchRules';
import { Args, dimOf, type NativeContext, signature } from './recipe';
import { axisOf, concatenated, reshaped } from './shapes';

interface Row {
  readonly signature?: string;
  readonly call: (c: NativeContext) => Value;
}

function emitOne(
  c: NativeContext,
  inputs: readonly TensorValue[],
  rule: (inputs: readonly TensorValue[]) => OpResult,
): Value {
  return c.machine.emit({
    inputs,
    rule,
    callee: c.callee,
    framework: inputs[0]?.framework ?? 'keras',
    site: c.site,
  })[0];
}

function tensorArg(c: NativeContext, name: string): TensorValue | undefined {
  return asTensor(c.machine, c.args.get(name), 'keras');
}

function unary(sig: string, rule: (input: TensorValue, args: Args) => OpResult): Row {
  return {
    signature: sig,
    call: (c) => {
      const input = tensorArg(c, 'x');
      return input
        ? emitOne(c, [input], ([x]) => rule(x, c.args))
        : unknown(t('{0} is not given a tensor here.', c.callee));
    },
  };
}

/** What is given besides the tensor is not read, and the operation says so. */
const same = (op: string): Row => ({
  signature: 'x, *args, **kwargs',
  call: (c) => {
    const input = tensorArg(c, 'x');
    if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
    const hasMore =
      c.call.positional.length > 1 ||
      [...c.call.keywords.keys()].some((name) => name !== 'name' && name !== 'x');
    return emitOne(c, [input], ([x]) => ({
      op,
      shapes: [x.shape],
      attributes: hasMore ? { extra: true } : {},
    }));
  },
});

/** A function of a tensor and numbers under their names; one that is given and not known is `extra`. */
const numbered = (op: string, sig: string, fixed: Readonly<Record<string, string>> = {}): Row =>
  unary(`x, ${sig}, **kwargs`, (x, args) => {
    const attributes: Record<string, number | string | boolean | undefined> = { ...fixed };
    for (const [name, value] of args.values) {
      if (name === 'x' || name === 'name') continue;
      if (value.kind === 'boolean') attributes[name] = value.value;
      else if (value.kind !== 'none') {
        attributes[name] = args.number(name);
        if (args.number(name) === undefined) attributes.extra = true;
      }
    }
    return { op, shapes: [x.shape], attributes };
  });

function pairwise(op: string): Row {
  return {
    signature: 'x, y, **kwargs',
    call: (c) => {
      const [a, b] = [tensorArg(c, 'x'), tensorArg(c, 'y')];
      return a && b
        ? emitOne(c, [a, b], (inputs) => elementwiseRule(op, inputs, a.framework ?? 'keras'))
        : unknown(t('{0} is not given a tensor here.', c.callee));
    },
  };
}

function reduction(op: string): Row {
  return unary('x, axis=None, keepdims=False, **kwargs', (x, args) =>
    reduceRule(x, op, args.get('axis'), args.flag('keepdims')),
  );
}

/** A merge layer's function: `add([a, b])`. */
function merging(name: string): Row {
  return {
    signature: 'inputs, axis=-1, **kwargs',
    call: (c) => {
      const inputs = tensorsIn(c.machine, c.args.get('inputs'), 'keras');
      const { rule } = kerasLayers[name];
      return rule && inputs.length > 0
        ? emitOne(c, inputs, (given) => rule(given, c.args))
        : unknown(t('{0} is not given a tensor here.', c.callee));
    },
  };
}

function concat(c: NativeContext): Value {
  const items = iterate(c.machine, c.args.get('values'));
  const tensors = items?.map((item) => asTensor(c.machine, item, 'keras'));
  if (!tensors?.every((tensor) => tensor !== undefined))
    return unknown(t('The tensors that are joined are not known.'));
  const axis = c.args.dim('axis');
  return emitOne(c, tensors, (inputs) => ({
    op: 'concat',
    shapes: [concatenated(inputs, axis, inputs[0]?.framework ?? 'keras')],
    reason: reasonOf(inputs),
    attributes: { axis: typeof axis === 'number' ? axis : undefined },
  }));
}

function stack(c: NativeContext): Value {
  const items = iterate(c.machine, c.args.get('values'));
  const tensors = items?.map((item) => asTensor(c.machine, item, 'keras'));
  if (!tensors?.every((tensor) => tensor !== undefined))
    return unknown(t('The tensors that are joined are not known.'));
  return emitOne(c, tensors, (inputs) => {
    const first = inputs[0]?.shape;
    const at = first && axisOf(c.args.dim('axis'), first.length + 1);
    if (!first || at === undefined) return { op: 'stack', shapes: [undefined], reason: reasonOf(inputs) };
    const joined = [...first.slice(0, at), inputs.length, ...first.slice(at)];
    return { op: 'stack', shapes: [joined], attributes: { axis: at } };
  });
}

function clipped(x: TensorValue, args: Args): OpResult {
  const [min, max] = [args.number('min'), args.number('max')];
  const isKnown = min !== undefined && max !== undefined;
  return { op: 'clip', shapes: [x.shape], attributes: isKnown ? { min, max } : { extra: true } };
}

/** Paddings as [[0, 0], [1, 1], ...]. */
function pad(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  const rows = iterate(c.machine, c.args.get('paddings'));
  const both = rows?.map((row) => (iterate(c.machine, row) ?? []).map((item) => dimOf(item, 'paddings')));
  if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
  return emitOne(c, [input], ([{ shape }]) => {
    const isKnown = shape && both && both.length === shape.length && both.every((row) => row.length === 2);
    return {
      op: 'padAll',
      shapes: [isKnown ? shape.map((dim, i) => add(dim, add(both[i][0], both[i][1]))) : undefined],
      reason: t('The padding is not known.'),
      attributes: {
        pads: both?.flat(),
        value: c.args.number('constant_values'),
        mode: (c.args.text('mode') ?? '?').toLowerCase().replace('symmetric', '?'),
      },
    };
  });
}

function reshape(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  const sizes = sizesOf([c.args.get('shape')]);
  if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
  return emitOne(c, [input], ([x]) =>
    sizes
      ? { op: 'reshape', shapes: [reshaped(x.shape, sizes, x.framework ?? 'keras')] }
      : { op: 'reshape', shapes: [undefined], reason: t('The sizes are not known.') },
  );
}

function transpose(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
  const order = c.args.has('perm')
    ? sizesOf([c.args.get('perm')])
    : input.shape?.map((_, i) => (input.shape?.length ?? 0) - 1 - i);
  return emitOne(c, [input], ([x]) => permuteRule(x, order));
}

function split(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  const shape = input?.shape;
  const at = shape && axisOf(c.args.dim('axis'), shape.length);
  const count = c.args.get('count');
  const sizes =
    shape && at !== undefined
      ? splitSizes(
          shape,
          at,
          count.kind === 'int' ? NONE : count,
          count.kind === 'int' ? count.value : undefined,
        )
      : undefined;
  if (!input || !shape || !sizes) return unknown(t('How the tensor is split is not known.'));
  return list(
    c.machine.emit({
      inputs: [input],
      rule: () => ({
        op: 'split',
        shapes: sizes.map((size) => shape.map((dim, i) => (i === at ? size : dim))),
        attributes: { axis: at },
      }),
      callee: c.callee,
      framework: input.framework ?? 'keras',
      site: c.site,
    }),
  );
}

function shapeOf(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  return input?.shape
    ? tuple(input.shape.map(int))
    : unknown(input?.reason ?? t('The shape of the input is not known.'));
}

function creation(start?: Start): Row {
  return {
    call: (c) => {
      const given = c.call.keywords.get('shape')?.value ?? c.call.positional[0]?.value ?? NONE;
      const more =
        c.call.positional.length > 1 || [...c.call.keywords.keys()].some((name) => RANGES.has(name));
      return {
        ...c.machine.tensor(sizesOf([given]), 'constant', 'keras', t('The sizes are not known.')),
        site: c.machine.place(c.site),
        start: more && start?.kind === 'uniform' ? undefined : start,
      };
    },
  };
}

/** Arguments that say from where to where numbers are drawn. */
const RANGES = new Set(['minval', 'maxval', 'mean', 'stddev', 'low', 'high']);

/** Rounded down: what is drawn becomes a draw of 0 or 1. */
function floor(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
  const start = input.origin === 'parameter' ? undefined : flooredStart(input.start);
  return start
    ? { ...input, id: c.machine.id(), start }
    : emitOne(c, [input], ([x]) => ({ op: 'floor', shapes: [x.shape] }));
}

/** `keras.Input(shape=(224, 224, 3))` */
export function inputTensor(c: NativeContext): Value {
  const sizes = (value: Value): Dim[] | undefined =>
    value.kind === 'tuple' || value.kind === 'list'
      ? value.items.map((item, i) =>
          item.kind === 'none' ? symbol(`d${c.machine.id()}_${i}`) : dimOf(item, 'shape'),
        )
      : value.kind === 'int'
        ? [value.value]
        : undefined;
  const batched = sizes(c.args.get('batch_shape'));
  const shape = sizes(c.args.get('shape'));
  const batch: Dim = c.args.has('batch_size') ? c.args.dim('batch_size') : symbol('N');
  const whole = batched
    ? [typeof batched[0] === 'number' ? batched[0] : symbol('N'), ...batched.slice(1)]
    : shape && [batch, ...shape];
  const given = c.args.get('tensor');
  if (given.kind === 'tensor') return given;
  const shapeValue = c.args.get('shape');
  const reason =
    shapeValue.kind === 'unknown' ? shapeValue.reason : t('The shape of the input is not known.');
  return { ...c.machine.tensor(whole, 'input', 'keras', reason), site: c.machine.place(c.site) };
}

/** A layer's rule called at once, on a tensor and keyword arguments (`tf.nn.max_pool2d`). */
function tfPool(op: string, layer: string): Row {
  return {
    signature: 'x, ksize, strides, padding, **kwargs',
    call: (c) => {
      const input = tensorArg(c, 'x');
      const { rule } = kerasLayers[layer];
      const middle = (value: Value): Value =>
        (value.kind === 'list' || value.kind === 'tuple') && value.items.length === 4
          ? tuple(value.items.slice(1, 3))
          : value;
      const args = new Args(
        new Map([
          ['pool_size', middle(c.args.get('ksize'))],
          ['strides', middle(c.args.get('strides'))],
          ['padding', c.args.get('padding')],
        ]),
        new Map(),
      );
      void op;
      return input && rule
        ? emitOne(c, [input], (given) => rule(given, args))
        : unknown(t('{0} is not given a tensor here.', c.callee));
    },
  };
}

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
