/** Layers with weights: parameters under their framework's names, starts as the framework draws them. */
import { t } from '../../base/localize';
import type { Initializer, Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import { initializerFor } from '../../layers/initializers';
import { padAs } from './shapes';
import { argumentOf, isSet, numbersOf, product, reshaped, type Spelling } from './spelling';
import { startOf } from './starts';

/** PyTorch draws from U(-1/sqrt fan in, 1/sqrt fan in); Keras from Glorot's uniform unless it is told otherwise. */
function usualWeight(s: Spelling, fans: readonly number[]): Initializer {
  return initializerFor(s.node.framework === 'pytorch' ? 'pytorch-uniform' : 'glorot-uniform', fans);
}

function usualBias(s: Spelling, fanIn: number): Initializer {
  return s.node.framework === 'pytorch'
    ? { kind: 'scaled', distribution: 'uniform', gain: Math.sqrt(1 / 3), fan: fanIn }
    : { kind: 'zeros' };
}

interface Weights {
  /** As the state_dict has them. */
  readonly shape: readonly number[];
  readonly filters: number;
  readonly hasBias: boolean;
  /** A shape with the fans that the framework counts, where it is not the weight's own. */
  readonly fans?: readonly number[];
  /** Keras' name of the weight, where it is not `kernel`. */
  readonly kernel?: string;
}

/** Weights and biases, made once for a layer that is called twice. */
function parameters(s: Spelling, weights: Weights): Value[] {
  const { shape, filters, hasBias, fans = shape, kernel = 'kernel' } = weights;
  const { b, node, shared } = s;
  const known = node.instance && shared.get(node.instance);
  if (known) return [...known];
  const isTorch = node.framework === 'pytorch';
  const start = startOf(s, isTorch ? 'weight' : kernel, fans, {
    argument: kernel === 'depthwise_kernel' ? 'depthwise_initializer' : undefined,
    usual: usualWeight(s, fans),
  });
  const values = [b.parameter('weight', float32(...shape), 'weight', start).value];
  if (hasBias) {
    const usual = usualBias(s, shape[1] * product(shape.slice(2)));
    const begin = startOf(s, 'bias', [filters], { usual });
    values.push(b.parameter('bias', float32(filters), 'bias', begin).value);
  }
  if (node.instance) shared.set(node.instance, values);
  return values;
}

/** top, left, bottom, right */
export function padsOf(s: Spelling, image: readonly number[]): number[] {
  const { padding } = s.node.attributes;
  if (padding === 'valid') return [0, 0, 0, 0];
  const [kernel, stride] = [numbersOf(s, 'kernel'), numbersOf(s, 'stride')].map(planar);
  const dilation = Array.isArray(s.node.attributes.dilation) ? planar(numbersOf(s, 'dilation')) : [1, 1];
  if (padding === 'same') {
    const totals = image.map((size, i) => {
      const reach = dilation[i] * (kernel[i] - 1) + 1;
      return Math.max(0, (Math.ceil(size / stride[i]) - 1) * stride[i] + reach - size);
    });
    const before = totals.map((total) => Math.floor(total / 2));
    return [...before, ...totals.map((total, i) => total - before[i])];
  }
  const both = numbersOf(s, 'padding');
  const [vertical, horizontal] = both.length === 1 ? [0, both[0]] : both;
  return [vertical, horizontal, vertical, horizontal];
}

/** A window over a row is one over an image of a single line. */
export function planar(window: readonly number[]): number[] {
  return window.length === 1 ? [1, window[0]] : [...window];
}

/** [N, C, L] as [N, C, 1, L]; Keras' rows [N, L, C] too. Images stay. */
export function asImage(s: Spelling, x: Value): Value {
  const { shape } = x.type;
  if (shape.length !== 3) return x;
  const turned = s.isChannelsLast ? s.b.op('Transpose', [x], { perm: [0, 2, 1] }) : x;
  const [n, c, l] = turned.type.shape;
  return s.b.op('Reshape', [turned], { shape: [n, c, 1, l] });
}

/** The inverse of `asImage`, for an operation whose input had the given rank. */
export function fromImage(s: Spelling, y: Value, rank: number): Value {
  if (rank !== 3) return y;
  const [n, c, , l] = y.type.shape;
  const rows = s.b.op('Reshape', [y], { shape: [n, c, l] });
  return s.isChannelsLast ? s.b.op('Transpose', [rows], { perm: [0, 2, 1] }) : rows;
}

/** Filters of the output, in the order of the source. */
function filtersOf(s: Spelling): number {
  return s.isChannelsLast && s.shape.length === 3 ? s.shape[2] : s.shape[1];
}

function checkRank(s: Spelling, kernel: readonly number[]): void {
  const rank = s.input(0).type.shape.length;
  if (kernel.length > 2 || rank !== kernel.length + 2)
    s.refuse(t('only one- and two-dimensional convolutions are built here.'));
}

function groupsOf(s: Spelling): number {
  const { groups } = s.node.attributes;
  return typeof groups === 'number' ? groups : s.refuse(t('its groups are not known.'));
}

export function conv(s: Spelling): Value {
  const { b, node } = s;
  const x = s.input(0);
  const kernel = numbersOf(s, 'kernel');
  checkRank(s, kernel);
  const group = groupsOf(s);
  const filters = filtersOf(s);
  const isGiven = node.weights.length === 0 && node.inputs.length > 1;
  return b.layer(
    s.scope,
    'Conv',
    [x],
    () => {
      const image = asImage(s, x);
      const channels = image.type.shape[1];
      const shape = [filters, channels / group, ...kernel];
      const isDepthwise = node.weights[0]?.name === 'depthwise_kernel';
      // Keras counts the fans of a depthwise kernel [kH, kW, C, multiplier] by its last two axes.
      const fans = isDepthwise ? [filters / channels, channels, ...kernel] : undefined;
      const [weights, ...bias] = isGiven
        ? node.inputs.slice(1).map((_, i) => s.input(i + 1))
        : parameters(s, {
            shape,
            filters,
            hasBias: node.attributes.bias === true,
            fans,
            kernel: isDepthwise ? 'depthwise_kernel' : 'kernel',
          });
      const flat = reshaped(s, weights, [shape[0], shape[1], ...planar(kernel)]);
      const window = {
        strides: planar(numbersOf(s, 'stride')),
        dilations: planar(numbersOf(s, 'dilation')),
        group,
      };
      const pads = padsOf(s, image.type.shape.slice(2));
      const mode = argumentOf(s, 'padding_mode');
      const word = mode?.kind === 'string' ? mode.value : 'zeros';
      const isFilled = word === 'zeros' || pads.every((p) => p === 0);
      const [top, left, bottom, right] = pads;
      const y = isFilled
        ? b.op('Conv', [image, flat, ...bias], { ...window, pads })
        : b.op(
            'Conv',
            [padAs(s, image, [0, 0, top, left], [0, 0, bottom, right], word), flat, ...bias],
            window,
          );
      return fromImage(s, y, x.type.shape.length);
    },
    s.name,
  );
}

/** PyTorch's and Keras' rules for the size differ; what the windows do not reach is put behind. */
export function convTranspose(s: Spelling): Value {
  const { b, node } = s;
  const x = s.input(0);
  const kernel = numbersOf(s, 'kernel');
  checkRank(s, kernel);
  const group = groupsOf(s);
  const filters = filtersOf(s);
  const given = argumentOf(s, 'output_padding');
  if (node.framework !== 'pytorch' && given && given.kind !== 'none')
    return s.refuse(t('its output padding has no counterpart here.'));
  return b.layer(
    s.scope,
    'ConvTranspose',
    [x],
    () => {
      const image = asImage(s, x);
      const [, channels, ...size] = image.type.shape;
      const shape = [channels, filters / group, ...kernel];
      const weights = parameters(s, { shape, filters, hasBias: node.attributes.bias === true });
      const [wide, strides, dilations] = [kernel, numbersOf(s, 'stride'), numbersOf(s, 'dilation')].map(
        planar,
      );
      const last = s.shape.length - 1;
      const wanted =
        kernel.length === 2 ? s.shape.slice(2) : [1, s.shape[s.isChannelsLast ? last - 1 : last]];
      const pads = padsOf(s, wanted);
      const extra = wanted.map(
        (d, i) => d - ((size[i] - 1) * strides[i] - pads[i] - pads[i + 2] + dilations[i] * (wide[i] - 1) + 1),
      );
      if (extra.some((e, i) => e < 0 || e >= strides[i]))
        return s.refuse(t('its output padding has no counterpart here.'));
      const flat = reshaped(s, weights[0], [shape[0], shape[1], ...wide]);
      const window = { strides, dilations, pads, group, output_padding: extra };
      return fromImage(
        s,
        b.op('ConvTranspose', [image, flat, ...weights.slice(1)], window),
        x.type.shape.length,
      );
    },
    s.name,
  );
}

/** A window a channel, then a map of channels that looks at one pixel (Chollet 2017). */
export function separableConv(s: Spelling): Value {
  const { b, node, shared } = s;
  const x = s.input(0);
  const kernel = numbersOf(s, 'kernel');
  checkRank(s, kernel);
  const filters = filtersOf(s);
  return b.layer(
    s.scope,
    'Conv',
    [x],
    () => {
      const image = asImage(s, x);
      const channels = image.type.shape[1];
      const multiplier = Number(node.weights[0].shape.at(-1));
      const middle = channels * multiplier;
      const known = node.instance && shared.get(node.instance);
      const make = (): Value[] => {
        const deep = [middle, 1, ...planar(kernel)];
        const fans = [multiplier, channels, ...kernel];
        const flat = [filters, middle, 1, 1];
        const depthwise = startOf(s, 'depthwise_kernel', fans, {
          argument: 'depthwise_initializer',
          usual: usualWeight(s, fans),
        });
        const pointwise = startOf(s, 'pointwise_kernel', flat, {
          argument: 'pointwise_initializer',
          usual: usualWeight(s, flat),
        });
        const values = [
          b.parameter('depthwise.weight', float32(...deep), 'weight', depthwise).value,
          b.parameter('pointwise.weight', float32(...flat), 'weight', pointwise).value,
        ];
        if (node.attributes.bias === true) {
          const usual = startOf(s, 'bias', [filters], { usual: { kind: 'zeros' } });
          values.push(b.parameter('bias', float32(filters), 'bias', usual).value);
        }
        return values;
      };
      const weights = known ?? make();
      if (node.instance) shared.set(node.instance, weights);
      const [depthwise, pointwise, ...bias] = weights;
      const spread = b.op('Conv', [image, depthwise], {
        strides: planar(numbersOf(s, 'stride')),
        dilations: planar(numbersOf(s, 'dilation')),
        pads: padsOf(s, image.type.shape.slice(2)),
        group: channels,
      });
      return fromImage(s, b.op('Conv', [spread, pointwise, ...bias]), x.type.shape.length);
    },
    s.name,
  );
}

/** On rows a dense layer; on images a 1x1 convolution (Keras) or rows put one under the other (PyTorch). */
export function dense(s: Spelling): Value {
  const { b, node } = s;
  const x = s.input(0);
  const hasBias = node.weights.some((weight) => weight.role === 'bias');
  const isImage = s.isChannelsLast && x.type.shape.length === 4;
  const units = isImage ? s.shape[1] : s.shape[s.shape.length - 1];
  const features = isImage ? x.type.shape[1] : x.type.shape[x.type.shape.length - 1];
  return b.layer(
    s.scope,
    isImage ? 'Conv' : 'Gemm',
    [x],
    () => {
      const shape = isImage ? [units, features, 1, 1] : [units, features];
      const weights = parameters(s, { shape, filters: units, hasBias });
      if (isImage) return b.op('Conv', [x, ...weights]);
      return onRows(s, x, (rows) => b.op('Gemm', [rows, ...weights], { transB: true }));
    },
    s.name,
  );
}

/** A map of the last axis, on rows put one under the other. */
export function onRows(s: Spelling, x: Value, map: (rows: Value) => Value): Value {
  const { shape } = x.type;
  if (shape.length === 2) return map(x);
  const features = shape[shape.length - 1];
  const rows = s.b.op('Reshape', [x], { shape: [product(shape.slice(0, -1)), features] });
  const y = map(rows);
  return s.b.op('Reshape', [y], { shape: [...shape.slice(0, -1), y.type.shape[1]] });
}

/** F.linear and the like: weights that come as tensors. */
export function linear(s: Spelling): Value {
  const { b, node } = s;
  const [x, weight, ...bias] = node.inputs.map((_, i) => s.input(i));
  return b.layer(
    s.scope,
    'Gemm',
    [x],
    () => onRows(s, x, (rows) => b.op('Gemm', [rows, weight, ...bias], { transB: true })),
    '',
  );
}

/** Frozen layers and those that are wrapped would train otherwise than the file says. */
export function checkTrained(s: Spelling): void {
  const layer = s.node.instance?.layer;
  if (!layer || s.node.weights.length === 0) return;
  const isFrozen = !layer.trainable || s.node.weights.some((weight) => weight.isFrozen);
  if (isFrozen) s.refuse(t('its weights are frozen, and every weight is trained here.'));
  for (const [name, value] of layer.args)
    if (name.endsWith('_constraint') && value.kind !== 'none')
      s.refuse(t('its {0} has no counterpart here.', name));
  if (layer.wrapped !== undefined) s.refuse(layer.wrapped);
  if (isSet(s, 'renorm')) s.refuse(t('its renorm has no counterpart here.'));
}
