/** Shape rules of Keras that are more than a line. */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import { add, type Dim, multiply, subtract, unknownDim } from '../values/dims';
import { formatShape } from '../values/format';
import type { OpResult } from '../values/trace';
import { NONE, type TensorValue, type Value, type Weight } from '../values/values';
import type { KerasRow } from './kerasBuilders';
import { type Args, dimOf, ShapeFault } from './recipe';
import { axisOf, reshaped } from './shapes';
import type { ChannelOrder } from './windows';

export function reshapeRule(input: TensorValue, target: Value): OpResult {
  if (target.kind !== 'tuple' && target.kind !== 'list')
    return { op: 'reshape', shapes: [undefined], reason: t('The sizes are not known.') };
  const sizes = target.items.map((item) => dimOf(item, 'target_shape'));
  const { shape } = input;
  if (!shape) return { op: 'reshape', shapes: [undefined], reason: reasonOf([input]) };
  return { op: 'reshape', shapes: [[shape[0], ...reshaped(shape.slice(1), sizes, 'keras')]] };
}

export function permuted(input: TensorValue, order: Value): OpResult {
  const { shape } = input;
  if (!shape || (order.kind !== 'tuple' && order.kind !== 'list'))
    return { op: 'permute', shapes: [undefined], reason: reasonOf([input]) };
  const axes = [0, ...order.items.map((item) => dimOf(item, 'dims'))];
  if (axes.some((axis) => typeof axis !== 'number' || axis >= shape.length) || axes.length !== shape.length)
    return { op: 'permute', shapes: [undefined], reason: t('The order of axes is not known.') };
  return {
    op: 'permute',
    shapes: [axes.map((axis) => shape[Number(axis)])],
    attributes: { order: axes.map(Number) },
  };
}

/** `1`, `(1, 2)` or `((1, 1), (2, 2))`: before and after each size. */
function pairs(value: Value, rank: number): [Dim, Dim][] {
  const items = value.kind === 'tuple' || value.kind === 'list' ? value.items : undefined;
  // One dimension: (before, after).
  if (rank === 1 && items?.length === 2) return [[dimOf(items[0], 'padding'), dimOf(items[1], 'padding')]];
  return Array.from({ length: rank }, (_, i) => {
    const item = items ? (items[i] ?? items[0]) : value;
    if (item.kind === 'tuple' || item.kind === 'list') {
      return [dimOf(item.items[0] ?? NONE, 'padding'), dimOf(item.items[1] ?? NONE, 'padding')];
    }
    return [dimOf(item, 'padding'), dimOf(item, 'padding')];
  });
}

function resized(
  input: TensorValue,
  amounts: readonly Dim[],
  order: ChannelOrder,
  change: (a: Dim, b: Dim) => Dim,
): Dim[] | undefined {
  const { shape } = input;
  if (!shape) return undefined;
  if (shape.length !== amounts.length + 2)
    throw new ShapeFault(
      'shape/rank',
      t(
        'The layer takes a tensor of {0} dimensions, and gets {1}.',
        amounts.length + 2,
        formatShape(shape, 'keras'),
      ),
    );
  const first = order === 'first' ? 2 : 1;
  return shape.map((dim, i) =>
    i >= first && i < first + amounts.length ? change(dim, amounts[i - first]) : dim,
  );
}

export function padded(input: TensorValue, padding: Value, rank: number, order: ChannelOrder): OpResult {
  const both = pairs(padding, rank);
  return {
    op: 'zeroPad',
    shapes: [
      resized(
        input,
        both.map(([a, b]) => add(a, b)),
        order,
        add,
      ),
    ],
    reason: reasonOf([input]),
    attributes: { pads: both.flat(), order, value: 0 },
  };
}

export function cropped(input: TensorValue, cropping: Value, rank: number, order: ChannelOrder): OpResult {
  const both = pairs(cropping, rank);
  return {
    op: 'crop',
    shapes: [
      resized(
        input,
        both.map(([a, b]) => add(a, b)),
        order,
        subtract,
      ),
    ],
    reason: reasonOf([input]),
    attributes: { pads: both.flat(), order },
  };
}

export function grown(
  input: TensorValue,
  factors: readonly Dim[],
  order: ChannelOrder,
  mode = 'nearest',
): OpResult {
  return {
    op: 'resize',
    shapes: [resized(input, factors, order, multiply)],
    reason: reasonOf([input]),
    attributes: { mode, order },
  };
}

export function recurrentWeights(args: Args, features: Dim, gates: number, hasSplitBias: boolean): Weight[] {
  const units = args.dim('units');
  const rows = multiply(gates, units);
  const weights: Weight[] = [
    { name: 'kernel', shape: [features, rows], trainable: true, role: 'weight' },
    { name: 'recurrent_kernel', shape: [units, rows], trainable: true, role: 'weight' },
  ];
  if (args.flag('use_bias') !== false) {
    const isDouble = hasSplitBias && args.flag('reset_after') !== false;
    weights.push({ name: 'bias', shape: isDouble ? [2, rows] : [rows], trainable: true, role: 'bias' });
  }
  return weights;
}

export function recurrentRule(input: TensorValue, args: Args): OpResult {
  const { shape } = input;
  const units = args.dim('units');
  const macs = unknownDim(t('The cost of a recurrent layer is not counted.'));
  if (shape?.length !== 3) {
    if (shape)
      throw new ShapeFault(
        'shape/rank',
        t('{0} takes a tensor of {1} dimensions, and gets {2}.', 'LSTM', 3, formatShape(shape, 'keras')),
      );
    return { op: 'recurrent', shapes: [undefined], reason: reasonOf([input]), macs };
  }
  if (args.flag('return_state') !== false)
    return {
      op: 'recurrent',
      shapes: [undefined],
      reason: t('The states of a recurrent layer are not followed.'),
      macs,
    };
  const sequences = args.flag('return_sequences');
  if (sequences === undefined)
    return {
      op: 'recurrent',
      shapes: [undefined],
      reason: t('It is not known whether sequences are returned.'),
      macs,
    };
  return { op: 'recurrent', shapes: [sequences ? [shape[0], shape[1], units] : [shape[0], units]], macs };
}

export function dotted(inputs: readonly TensorValue[], args: Args): OpResult {
  const [a, b] = inputs.map((input) => input.shape);
  const axes = args.get('axes');
  const [x, y] =
    axes.kind === 'tuple' || axes.kind === 'list'
      ? axes.items.map((i) => dimOf(i, 'axes'))
      : [args.dim('axes'), args.dim('axes')];
  const i = a && axisOf(x, a.length);
  const j = b && axisOf(y, b.length);
  if (!a || !b || i === undefined || j === undefined)
    return { op: 'dot', shapes: [undefined], reason: reasonOf(inputs) };
  const rest = [...a.filter((_, at) => at !== i), ...b.filter((_, at) => at !== j && at !== 0)];
  return { op: 'dot', shapes: [rest.length === 1 ? [...rest, 1] : rest] };
}

export const attention: KerasRow = {
  merges: true,
  signature:
    'num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None, **kwargs',
  weights: (args, [query]) => {
    const features = query?.shape?.at(-1) ?? unknownDim(reasonOf(query ? [query] : []));
    const heads = args.dim('num_heads');
    const value = args.has('value_dim') ? args.dim('value_dim') : args.dim('key_dim');
    const project = (name: string, size: Dim): Weight[] => [
      { name: `${name}/kernel`, shape: [features, heads, size], trainable: true, role: 'weight' },
      { name: `${name}/bias`, shape: [heads, size], trainable: true, role: 'bias' },
    ];
    return [
      ...project('query', args.dim('key_dim')),
      ...project('key', args.dim('key_dim')),
      ...project('value', value),
      { name: 'attention_output/kernel', shape: [heads, value, features], trainable: true, role: 'weight' },
      { name: 'attention_output/bias', shape: [features], trainable: true, role: 'bias' },
    ];
  },
  rule: ([query], args) => ({
    op: 'attention',
    shapes: [args.has('output_shape') ? undefined : query.shape],
    macs: unknownDim(t('The cost of attention is not counted.')),
  }),
};

/** The axes of a layer norm, ascending from 0; undefined where they are not known. */
export function normalizedAxes(args: Args, rank: number | undefined): number[] | undefined {
  const value = args.get('axis');
  const items = value.kind === 'list' || value.kind === 'tuple' ? value.items : [value];
  const axes = items.map((item) =>
    item.kind === 'int' && rank !== undefined ? axisOf(item.value, rank) : undefined,
  );
  return axes.every((axis) => axis !== undefined) ? (axes as number[]).sort((a, b) => a - b) : undefined;
}
