/** Convolution, pooling, dense layers and normalisation on tensors of either channel order. */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import {
  type Dim,
  type Dims,
  floorDivide,
  modulo,
  multiply,
  productOf,
  sameDim,
  symbol,
  unknownDim,
} from '../values/dims';
import { formatShape } from '../values/format';
import type { OpResult } from '../values/trace';
import type { TensorValue, Weight } from '../values/values';
import { type Framework, ShapeFault } from './recipe';
import { type Window, windowed, windowedTransposed } from './shapes';

export type { Window };

export type ChannelOrder = 'first' | 'last';

export interface Layout {
  readonly framework: Framework;
  readonly order: ChannelOrder;
  /** Spatial dimensions. */
  readonly rank: number;
}

export interface Split {
  readonly batch: readonly Dim[];
  readonly channels: Dim;
  readonly sizes: readonly Dim[];
}

/** Batch, channels and sizes of an input; undefined where the rank is unknown and nothing stands in for it. */
export function split(input: TensorValue, layout: Layout, layer: string, channels?: Dim): Split {
  const { rank, order, framework } = layout;
  const { shape } = input;
  if (!shape) {
    const reason = unknownDim(input.reason ?? t('The shape of the input is not known.'));
    // A model's input that nobody has given a size yet: channels are what the layer says, sizes are symbols.
    const isOpen = input.origin === 'input';
    const names = rank === 1 ? ['L'] : rank === 2 ? ['H', 'W'] : ['D', 'H', 'W'];
    const sizes: Dim[] = names.map((name) => (isOpen ? symbol(name) : reason));
    return { batch: [isOpen ? symbol('N') : reason], channels: channels ?? reason, sizes };
  }
  const isBatched = shape.length === rank + 2;
  if (!isBatched && !(framework === 'pytorch' && shape.length === rank + 1)) {
    throw new ShapeFault(
      'shape/rank',
      t(
        '{0} takes a tensor of {1} dimensions, and gets {2}.',
        layer,
        rank + 2,
        formatShape(shape, framework),
      ),
    );
  }
  const batch = isBatched ? [shape[0]] : [];
  const rest = shape.slice(batch.length);
  return order === 'first'
    ? { batch, channels: rest[0], sizes: rest.slice(1) }
    : { batch, channels: rest[rest.length - 1], sizes: rest.slice(0, -1) };
}

export function assemble(parts: Split, channels: Dim, sizes: readonly Dim[], order: ChannelOrder): Dim[] {
  return order === 'first' ? [...parts.batch, channels, ...sizes] : [...parts.batch, ...sizes, channels];
}

/** A fault that keeps what would come out if the channels were right. */
export function checkChannels(
  layer: string,
  expected: Dim,
  input: TensorValue,
  actual: Dim,
  argument: string | undefined,
  recovered: Dims | undefined,
): void {
  if (sameDim(expected, actual) !== false) return;
  throw new ShapeFault(
    'shape/channels',
    argument
      ? t(
          '{0} has {1}={2}, but its input {3} has {4}.',
          layer,
          argument,
          String(expected),
          formatShape(input.shape, input.framework ?? 'pytorch'),
          String(actual),
        )
      : t(
          '{0} was built for {1} channels, but its input {2} has {3}.',
          layer,
          String(expected),
          formatShape(input.shape, input.framework ?? 'pytorch'),
          String(actual),
        ),
    { recovered, argument: argument ? { name: argument, value: String(actual) } : undefined },
  );
}

export interface Convolution extends Window {
  readonly layer: string;
  readonly layout: Layout;
  readonly filters: Dim;
  /** Channels that the weights were made for. */
  readonly channels?: Dim;
  readonly channelsArgument?: string;
  readonly groups: Dim;
  readonly isTransposed?: boolean;
  readonly outputPadding?: readonly Dim[];
  readonly hasBias: boolean;
}

export function convolve(input: TensorValue, c: Convolution): OpResult {
  const parts = split(input, c.layout, c.layer, c.channels);
  const channels = c.channels ?? parts.channels;
  let sizes: Dim[];
  let fault: ShapeFault | undefined;
  try {
    sizes = c.isTransposed
      ? windowedTransposed(parts.sizes, c, c.outputPadding)
      : windowed(parts.sizes, c, c.layout.framework);
  } catch (error) {
    if (!(error instanceof ShapeFault)) throw error;
    fault = error;
    sizes = parts.sizes.map(() => unknownDim(error.message));
  }
  const shape = assemble(parts, c.filters, sizes, c.layout.order);
  if (c.channels !== undefined)
    checkChannels(c.layer, c.channels, input, parts.channels, c.channelsArgument, shape);
  if (fault) throw new ShapeFault(fault.code, `${c.layer}: ${fault.message}`, { recovered: shape });
  if (sameDim(modulo(channels, c.groups), 0) === false)
    throw new ShapeFault(
      'shape/groups',
      t('{0} cannot split {1} channels into {2} groups.', c.layer, String(channels), String(c.groups)),
      { recovered: shape },
    );
  const area = productOf(c.kernel);
  const perOutput = multiply(floorDivide(channels, c.groups), area);
  const places = c.isTransposed
    ? productOf([...parts.sizes, channels, floorDivide(c.filters, c.groups), area])
    : undefined;
  return {
    op: c.isTransposed ? 'convTranspose' : 'conv',
    shapes: [shape],
    macs: places ?? productOf([...sizes, c.filters, perOutput]),
    attributes: {
      kernel: c.kernel,
      stride: c.stride,
      dilation: c.dilation,
      padding: c.padding,
      groups: typeof c.groups === 'number' ? c.groups : undefined,
      order: c.layout.order,
      bias: c.hasBias,
    },
  };
}

export interface Pooling extends Window {
  readonly layer: string;
  readonly layout: Layout;
  readonly op: 'maxPool' | 'averagePool';
  readonly countPadding?: boolean;
}

export function pool(input: TensorValue, p: Pooling): OpResult {
  if (!input.shape && input.origin !== 'input')
    return { op: p.op, shapes: [undefined], reason: reasonOf([input]) };
  const parts = split(input, p.layout, p.layer);
  const sizes = windowed(parts.sizes, p, p.layout.framework);
  return {
    op: p.op,
    shapes: [assemble(parts, parts.channels, sizes, p.layout.order)],
    attributes: {
      kernel: p.kernel,
      stride: p.stride,
      dilation: p.dilation,
      padding: p.padding,
      order: p.layout.order,
      ceil: p.ceil ?? false,
      countPadding: p.countPadding ?? true,
    },
  };
}

/** Mean or maximum over all sizes. */
export function poolAll(
  input: TensorValue,
  layer: string,
  layout: Layout,
  kind: string,
  keep: boolean,
): OpResult {
  const op = kind === 'max' ? 'globalMaxPool' : 'globalAveragePool';
  if (!input.shape) return { op, shapes: [undefined], reason: reasonOf([input]) };
  const parts = split(input, layout, layer);
  const shape = keep
    ? assemble(
        parts,
        parts.channels,
        parts.sizes.map(() => 1),
        layout.order,
      )
    : [...parts.batch, parts.channels];
  return { op, shapes: [shape], attributes: { order: layout.order, keep } };
}

export function dense(
  input: TensorValue,
  units: Dim,
  features: Dim | undefined,
  layer: string,
  argument: string | undefined,
): OpResult {
  const { shape } = input;
  if (!shape) return { op: 'dense', shapes: [undefined], reason: reasonOf([input]) };
  const last = shape[shape.length - 1];
  if (shape.length === 0) throw new ShapeFault('shape/rank', t('{0} is given a single number.', layer));
  const output = [...shape.slice(0, -1), units];
  if (features !== undefined) checkChannels(layer, features, input, last, argument, output);
  const places = productOf(shape.length > 1 ? shape.slice(1, -1) : []);
  return { op: 'dense', shapes: [output], macs: productOf([places, units, features ?? last]) };
}

export function normWeights(
  size: Dim,
  names: { scale?: string; shift?: string; mean?: string; variance?: string },
): Weight[] {
  const shape = [size];
  const of = (name: string | undefined, role: Weight['role'], trainable: boolean): Weight[] =>
    name ? [{ name, shape, trainable, role, start: undefined }] : [];
  return [
    ...of(names.scale, 'scale', true),
    ...of(names.shift, 'shift', true),
    ...of(names.mean, 'runningMean', false),
    ...of(names.variance, 'runningVariance', false),
  ];
}
