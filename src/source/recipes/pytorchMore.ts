/**
 * More functions and methods of torch: arithmetic of one tensor, tensors moved and cut, functional norms, attention,
 * and what writes numbers into a tensor (`fill_`, `normal_`), which says how a parameter starts.
 */
import { t } from '../../base/localize';
import { freeze } from '../interpreter/attributes';
import { reasonOf, unknownOf } from '../interpreter/machine';
import { type Dim, multiply } from '../values/dims';
import type { OpResult } from '../values/trace';
import { NONE, type Start, type TensorValue, tuple, unknown, type Value } from '../values/values';
import { asTensor, flooredStart, scaledStart } from './arithmetic';
import { emitOne, notATensor, type Row, same, tensorArg, trailing, unary } from './pytorchCalls';
import { gluRule, reduceRule, sizesOf } from './pytorchRules';
import type { Args, NativeContext } from './recipe';
import { axisOf } from './shapes';

/** `torch.amax(x, dim=(2, 3))`: values only, whatever the axes. */
const along = (op: string): Row =>
  unary('input, dim=None, keepdim=False', (x, args) =>
    reduceRule(x, op, args.get('dim'), args.flag('keepdim')),
  );

function clamped(x: TensorValue, args: Args): OpResult {
  const [low, high] = [args.number('min'), args.number('max')];
  const isKnown = ['min', 'max'].every(
    (name) => args.get(name).kind !== 'unknown' && args.get(name).kind !== 'tensor',
  );
  return { op: isKnown ? 'clip' : 'clamp', shapes: [x.shape], attributes: { min: low, max: high } };
}

const clamp = unary('input, min=None, max=None', clamped);

/** A norm that is given its weights as tensors. */
function withWeights(sig: string, rule: (x: TensorValue, args: Args) => OpResult): Row {
  return {
    signature: sig,
    call: (c) => {
      const input = tensorArg(c, 'input');
      if (!input) return notATensor(c);
      const given = ['weight', 'bias'].filter((name) => c.args.has(name)).map((name) => tensorArg(c, name));
      if (given.some((tensor) => !tensor)) return notATensor(c);
      const tensors = [input, ...given.filter((tensor) => tensor !== undefined)];
      return emitOne(c, tensors, ([x]) => rule(x, c.args));
    },
  };
}

const layerNorm = withWeights('input, normalized_shape, weight=None, bias=None, eps=1e-5', (x, args) => {
  const given = args.get('normalized_shape');
  const axes =
    given.kind === 'list' || given.kind === 'tuple'
      ? given.items.length
      : given.kind === 'int'
        ? 1
        : undefined;
  return { op: 'layerNorm', shapes: [x.shape], attributes: { epsilon: args.number('eps'), axes } };
});

const prelu: Row = {
  signature: 'input, weight',
  call: (c) => {
    const [x, weight] = [tensorArg(c, 'input'), tensorArg(c, 'weight')];
    return x && weight
      ? emitOne(c, [x, weight], ([input]) => ({ op: 'prelu', shapes: [input.shape] }))
      : notATensor(c);
  },
};

/** The pieces along an axis, without it. */
const unbind: Row = {
  signature: 'input, dim=0',
  call: (c) => {
    const input = tensorArg(c, 'input');
    const { shape } = input ?? {};
    const at = shape && axisOf(c.args.dim('dim'), shape.length);
    const count = at === undefined ? undefined : shape?.[at];
    if (!input || !shape || at === undefined || typeof count !== 'number' || count > 256)
      return unknown(t('How the tensor is split is not known.'));
    return tuple(
      c.machine.emit({
        inputs: [input],
        rule: () => ({
          op: 'unbind',
          shapes: Array.from({ length: count }, () => shape.filter((_, i) => i !== at)),
          attributes: { axis: at },
        }),
        callee: c.callee,
        framework: 'pytorch',
        site: c.site,
      }),
    );
  },
};

function axesIn(value: Value, rank: number): number[] | undefined {
  const items = value.kind === 'tuple' || value.kind === 'list' ? value.items : [value];
  const axes = items.map((item) => (item.kind === 'int' ? axisOf(item.value, rank) : undefined));
  return axes.every((axis) => axis !== undefined) ? (axes as number[]) : undefined;
}

const flip: Row = {
  call: (c) => {
    const input = asTensor(c.machine, c.call.positional[0]?.value ?? NONE, 'pytorch');
    const dims = c.call.keywords.get('dims')?.value;
    const rest = trailing(c);
    const given: Value = dims ?? (rest.length === 1 ? rest[0] : tuple(rest));
    if (!input) return notATensor(c);
    return emitOne(c, [input], ([x]) => ({
      op: 'flip',
      shapes: [x.shape],
      attributes: { axes: x.shape && axesIn(given, x.shape.length) },
    }));
  },
};

const roll: Row = {
  signature: 'input, shifts, dims=None',
  call: (c) => {
    const input = tensorArg(c, 'input');
    if (!input) return notATensor(c);
    const value = c.args.get('shifts');
    const items = value.kind === 'tuple' || value.kind === 'list' ? value.items : [value];
    const shifts = items.map((item) =>
      item.kind === 'int' && typeof item.value === 'number' ? item.value : Number.NaN,
    );
    return emitOne(c, [input], ([x]) => {
      const axes = x.shape && axesIn(c.args.get('dims'), x.shape.length);
      const isKnown = axes?.length === shifts.length && !shifts.some(Number.isNaN);
      return { op: 'roll', shapes: [x.shape], attributes: isKnown ? { axes, shifts } : {} };
    });
  },
};

const scaledAttention: Row = {
  signature: 'query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None',
  call: (c) => {
    const tensors = ['query', 'key', 'value'].map((name) => tensorArg(c, name));
    if (!tensors.every((tensor) => tensor !== undefined)) return notATensor(c);
    return emitOne(c, tensors, ([q, k, v]) => {
      const [a, b, d] = [q.shape, k.shape, v.shape];
      const isKnown = a && b && d && a.length > 1 && b.length > 1;
      const macs: Dim | undefined = isKnown
        ? multiply(
            a.slice(0, -1).reduce((x: Dim, y) => multiply(x, y), 1),
            multiply(b[b.length - 2], multiply(2, a[a.length - 1])),
          )
        : undefined;
      return {
        op: 'scaledAttention',
        shapes: [a && d ? [...a.slice(0, -1), d[d.length - 1]] : undefined],
        reason: reasonOf([q, k, v]),
        macs: macs ?? unknownOf(q),
        attributes: {
          masked: c.args.get('attn_mask').kind !== 'none' || c.args.flag('is_causal') !== false,
          rate: c.args.number('dropout_p'),
          scale: c.args.number('scale'),
        },
      };
    });
  },
};

export const MORE_FUNCTIONS = {
  square: same('square'),
  rsqrt: same('rsqrt'),
  reciprocal: same('reciprocal'),
  negative: same('neg'),
  celu: same('celu', 'alpha=1.0, inplace=False'),
  softsign: same('softsign'),
  tanhshrink: same('tanhshrink'),
  glu: unary('input, dim=-1', gluRule),
  rrelu: same('leakyRelu', 'lower=0.125, upper=0.33, training=False, inplace=False'),
  dropout1d: same('dropout', 'p=0.5, training=True, inplace=False'),
  dropout3d: same('dropout', 'p=0.5, training=True, inplace=False'),
  feature_alpha_dropout: same('dropout', 'p=0.5, training=True, inplace=False'),
  local_response_norm: same('localResponseNorm', 'size, alpha=0.0001, beta=0.75, k=1.0'),
  clamp,
  clip: clamp,
  clamp_: clamp,
  amax: along('max'),
  amin: along('min'),
  layer_norm: layerNorm,
  prelu,
  floor: rewrites('floor', 'input', (start) => flooredStart(start), false),
  bernoulli: rewrites(
    'floor',
    'input',
    (start) => (start.kind === 'constant' ? { kind: 'bernoulli', keep: start.value, value: 1 } : undefined),
    false,
  ),
  unbind,
  flip,
  roll,
  scaled_dot_product_attention: scaledAttention,
} satisfies Record<string, Row>;

/** Operations that write over their tensor and hand it back. */
const changed = (op: string): Row => unary('input, *args, **kwargs', (x) => ({ op, shapes: [x.shape] }));

/** Writes how a tensor starts where it is a parameter or a constant; on anything else it is an operation. */
function writes(sig: string, start: (args: Args) => Start): Row {
  return {
    signature: sig,
    call: (c) => {
      const input = tensorArg(c, 'input');
      if (!input) return notATensor(c);
      return setStart(c, input, start(c.args))
        ? input
        : emitOne(c, [input], (x) => ({ op: 'overwrite', shapes: [x[0].shape] }));
    },
  };
}

/** Changes how a constant tensor is drawn; on anything else it is an operation. */
function rewrites(
  op: string,
  sig: string,
  change: (start: Start, args: Args) => Start | undefined,
  isInPlace = true,
): Row {
  return {
    signature: sig,
    call: (c) => {
      const input = tensorArg(c, 'input');
      if (!input) return notATensor(c);
      const isOwn = input.origin === 'parameter';
      const before = input.weight?.weight.start ?? input.start;
      const after = before && change(before, c.args);
      // A layer's own start is nobody's to multiply: what comes out of it is not followed, but by 1.
      const isSame = isOwn && !before && c.args.number('other') === 1;
      const vague: Start = { kind: 'unknown', reason: t('it is not known how its weights start.') };
      const start = after ?? (isOwn && !isSame ? vague : undefined);
      if (isSame) return input;
      if (!start) {
        const other = c.args.has('other') ? tensorArg(c, 'other') : undefined;
        return emitOne(c, other ? [input, other] : [input], ([x]) => ({ op, shapes: [x.shape] }));
      }
      if (!isInPlace) return { ...input, id: c.machine.id(), start: checked(start) };
      setStart(c, input, checked(start));
      return input;
    },
  };
}

/** A tensor of given sizes, of the type of another. */
function fresh(start: Start | undefined): Row {
  return {
    call: (c) => {
      const sizes = sizesOf(trailing(c));
      return {
        ...c.machine.tensor(sizes, 'constant', 'pytorch', t('The sizes are not known.')),
        start,
        site: c.machine.place(c.site),
      };
    },
  };
}

/** False where the tensor is not one that starts. */
export function setStart(c: NativeContext, tensor: TensorValue, start: Start): boolean {
  if (tensor.origin === 'input' || (tensor.origin === 'node' && !tensor.start)) return false;
  const known: Start =
    c.machine.uncertain > 0
      ? { kind: 'unknown', reason: t('which way the program goes here is not known.') }
      : start;
  if (c.machine.muted > 0) return true;
  if (tensor.weight) tensor.weight.weight.start = known;
  tensor.start = known;
  return true;
}

const number = (args: Args, name: string): number => args.number(name) ?? Number.NaN;

/** A start whose numbers are all known. */
export function checked(start: Start): Start {
  const numbers = Object.values(start).filter((value) => typeof value === 'number');
  return numbers.some(Number.isNaN)
    ? { kind: 'unknown', reason: t('the numbers that its weights start from are not known.') }
    : start;
}

export const MORE_METHODS = {
  detach: changed('detach'),
  detach_: changed('detach'),
  int: changed('toInteger'),
  long: changed('toInteger'),
  bool: changed('toInteger'),
  masked_fill: changed('maskedFill'),
  masked_fill_: changed('maskedFill'),
  relu_: same('relu'),
  sqrt_: same('sqrt'),
  exp_: same('exp'),
  sigmoid_: same('sigmoid'),
  tanh_: same('tanh'),
  requires_grad_: {
    signature: 'input, requires_grad=True',
    call: (c) => {
      const input = tensorArg(c, 'input');
      if (input) freeze(input, c.args.flag('requires_grad') === false);
      return input ?? notATensor(c);
    },
  },
  fill_: writes('input, value', (args) => checked({ kind: 'constant', value: number(args, 'value') })),
  zero_: writes('input', () => ({ kind: 'constant', value: 0 })),
  normal_: writes('input, mean=0, std=1, generator=None', (args) =>
    checked({ kind: 'normal', mean: number(args, 'mean'), std: number(args, 'std') }),
  ),
  uniform_: writes('input, a=0, b=1, generator=None', (args) =>
    checked({ kind: 'uniform', low: number(args, 'a'), high: number(args, 'b') }),
  ),
  bernoulli_: writes('input, p=0.5, generator=None', (args) =>
    checked({ kind: 'bernoulli', keep: number(args, 'p'), value: 1 }),
  ),
  floor_: rewrites('floor', 'input', (start) => flooredStart(start)),
  div_: rewrites('divide', 'input, other', (start, args) => scaledStart(start, 1 / number(args, 'other'))),
  mul_: rewrites('multiply', 'input, other', (start, args) => scaledStart(start, number(args, 'other'))),
  new_empty: fresh(undefined),
  new_zeros: fresh({ kind: 'constant', value: 0 }),
  new_ones: fresh({ kind: 'constant', value: 1 }),
  copy_: writes('input, src, non_blocking=False', () => ({
    kind: 'unknown',
    reason: t('the numbers that its weights start from are not known.'),
  })),
} satisfies Record<string, Row>;

/** How a tensor starts that a parameter is made of: as it is, or as a multiple of one that is known. */
export function startOfTensor(tensor: TensorValue): Start | undefined {
  if (tensor.start || !tensor.node) return tensor.start;
  const { op, attributes, inputs } = tensor.node;
  if (op === 'reshape' || op === 'expand' || op === 'identity' || op === 'detach') {
    const inner = startOfTensor(inputs[0]);
    return inner?.kind === 'data' ? undefined : inner;
  }
  const whole = inputs.find((input) => input.shape?.length !== 0);
  const factor = attributes.scalar;
  if (!whole || typeof factor !== 'number' || (op !== 'multiply' && op !== 'divide')) return undefined;
  if (op === 'divide' && attributes.side === 'left') return undefined;
  return scaledStart(startOfTensor(whole), op === 'divide' ? 1 / factor : factor);
}
