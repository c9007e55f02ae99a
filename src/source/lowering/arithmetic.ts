/** Arithmetic of tensors: element by element with broadcasting, and reductions over axes. */
import { t } from '../../base/localize';
import type { Value } from '../../ir/graph';
import { power } from './activations';
import { sizeAlong } from './shapes';
import { axisOf, numberOf, row, type Speller, type Spelling, scalar } from './spelling';

/**
 * Operands of one rank. A source counts missing axes in front of N, H, W, C; here they have to be put where the
 * turned ones are.
 */
function aligned(s: Spelling, x: Value): Value {
  const { shape } = x.type;
  const rank = s.shape.length;
  if (!s.isChannelsLast || rank !== 4 || shape.length === rank || shape.length === 0) return x;
  const [n, h, w, c] = [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const source = s.b.op('Reshape', [x], { shape: [n, h, w, c] });
  return s.b.op('Transpose', [source], { perm: [0, 3, 1, 2] });
}

function operands(s: Spelling): Value[] {
  return s.inputs.map((x) => aligned(s, x));
}

/** x + alpha y where torch.add is told so. */
function scaled(s: Spelling, values: Value[]): Value[] {
  const alpha = numberOf(s, 'alpha') ?? 1;
  if (alpha === 1) return values;
  return [values[0], s.b.op('Mul', [values[1], scalar(s, alpha)])];
}

const merged =
  (op: string, finish?: (s: Spelling, sum: Value) => Value): Speller =>
  (s) => [
    row(s, op, () => {
      const [first, ...rest] = scaled(s, operands(s));
      const all = rest.reduce((a, v) => s.b.op(op, [a, v]), first);
      return finish ? finish(s, all) : all;
    }),
  ];

const binary =
  (op: string): Speller =>
  (s) => {
    const values = scaled(s, operands(s));
    if (values.length !== 2) return s.refuse(t('it takes two tensors.'));
    return [row(s, op, () => s.b.op(op, values))];
  };

/** a + relu(b - a), or a - relu(a - b). */
const extreme =
  (isMax: boolean): Speller =>
  (s) => [
    row(s, isMax ? 'Max' : 'Min', () => {
      const [first, ...rest] = operands(s);
      return rest.reduce((a, v) => {
        const beyond = s.b.op('Relu', [s.b.op('Sub', isMax ? [v, a] : [a, v])]);
        return s.b.op(isMax ? 'Add' : 'Sub', [a, beyond]);
      }, first);
    }),
  ];

interface Axes {
  readonly x: Value;
  /** In the IR's order, ascending. */
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

function axesOf(s: Spelling): Axes {
  const x = s.input(0);
  const { axes, keep } = s.node.attributes;
  if (!Array.isArray(axes)) return s.refuse(t('its axis is not known.'));
  const rank = x.type.shape.length;
  return {
    x,
    axes: axes.map((axis) => axisOf(s, axis, rank)).sort((p, q) => p - q),
    keepdims: keep === true,
  };
}

const reduction =
  (op: string): Speller =>
  (s) => {
    const { x, axes, keepdims } = axesOf(s);
    return [row(s, op, () => s.b.op(op, [x], { axes, keepdims }))];
  };

/** The mean of squares around the mean; a sample's, where PyTorch is not told otherwise. */
function variance(s: Spelling): Value {
  const { b } = s;
  const { x, axes, keepdims } = axesOf(s);
  const { correction, extra } = s.node.attributes;
  if (extra === true) return s.refuse(t('its further arguments have no counterpart here.'));
  const lost = typeof correction === 'number' ? correction : 0;
  const count = sizeAlong(x.type.shape, axes);
  const centred = b.op('Sub', [x, b.op('ReduceMean', [x], { axes, keepdims: true })]);
  const mean = b.op('ReduceMean', [b.op('Mul', [centred, centred])], { axes, keepdims });
  return lost === 0 ? mean : b.op('Mul', [mean, scalar(s, count / (count - lost))]);
}

/** The largest along some axes: a pooling window over all of them at once. */
function largest(s: Spelling, { x, axes, keepdims }: Axes): Value {
  const { b } = s;
  const { shape } = x.type;
  const rest = shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const perm = [...rest, ...axes];
  const isOrdered = perm.every((axis, i) => axis === i);
  const turned = isOrdered ? x : b.op('Transpose', [x], { perm });
  const length = sizeAlong(shape, axes);
  const rows = b.op('Reshape', [turned], { shape: [sizeAlong(shape, rest), 1, length, 1] });
  const pooled = b.op('MaxPool', [rows], { kernel: [length, 1] });
  const kept = shape.map((d, i) => (axes.includes(i) ? 1 : d));
  return b.op('Reshape', [pooled], { shape: keepdims ? kept : rest.map((i) => shape[i]) });
}

const extremeOver =
  (isMax: boolean): Speller =>
  (s) => {
    const axes = axesOf(s);
    return [
      row(s, isMax ? 'ReduceMax' : 'ReduceMin', () => {
        if (isMax) return largest(s, axes);
        const negative = (x: Value) => s.b.op('Mul', [x, scalar(s, -1)]);
        return negative(largest(s, { ...axes, x: negative(axes.x) }));
      }),
    ];
  };

/** The Euclidean norm over axes. */
function norm(s: Spelling): Value {
  const { b } = s;
  if ((numberOf(s, 'p') ?? 2) !== 2) return s.refuse(t('only the Euclidean norm is built here.'));
  const { x, axes, keepdims } = axesOf(s);
  return b.op('Sqrt', [b.op('ReduceSum', [b.op('Mul', [x, x])], { axes, keepdims })]);
}

export const arithmeticSpellings = {
  add: merged('Add'),
  multiply: merged('Mul'),
  average: merged('Add', (s, sum) => s.b.op('Mul', [sum, scalar(s, 1 / s.inputs.length)])),
  subtract: binary('Sub'),
  divide: binary('Div'),
  maximum: extreme(true),
  minimum: extreme(false),
  power: (s) => {
    const { side } = s.node.attributes;
    const exponent = numberOf(s, 'exponent', 'scalar');
    if (exponent === undefined || side === 'left') return s.refuse(t('its exponent is not known.'));
    return [s.b.layer(s.scope, 'Pow', [s.input(0)], () => power(s, s.input(0), exponent), '')];
  },
  mean: reduction('ReduceMean'),
  sum: reduction('ReduceSum'),
  variance: (s) => [row(s, 'ReduceVariance', () => variance(s))],
  std: (s) => [row(s, 'ReduceVariance', () => s.b.op('Sqrt', [variance(s)]))],
  norm: (s) => [row(s, 'ReduceL2', () => norm(s))],
  max: extremeOver(true),
  min: extremeOver(false),
  rescale: (s) => {
    const [scale, offset] = [numberOf(s, 'scale'), numberOf(s, 'offset') ?? 0];
    if (scale === undefined || s.node.attributes.extra === true)
      return s.refuse(t('its numbers are not known.'));
    return [
      row(s, 'Mul', () => {
        const x = s.b.op('Mul', [s.input(0), scalar(s, scale)]);
        return offset === 0 ? x : s.b.op('Add', [x, scalar(s, offset)]);
      }),
    ];
  },
} satisfies Record<string, Speller>;
