/** Families of PyTorch layers that differ by their rank or their operation only: what the rows are made of. */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import { type Dim, type Dims, floorDivide, multiply, unknownDim } from '../values/dims';
import { formatShape } from '../values/format';
import type { OpResult } from '../values/trace';
import type { TensorValue, Weight } from '../values/values';
import { adaptivePool } from './pytorchRules';
import { type Args, type LayerRecipe, type Rule, ShapeFault } from './recipe';
import { axisOf, flattened } from './shapes';
import { checkChannels, convolve, type Layout, normWeights, pool, type Window } from './windows';

export interface Row {
  readonly signature: string;
  readonly weights?: (args: Args, inputs: readonly TensorValue[]) => Weight[];
  readonly rule?: Rule;
  readonly type?: LayerRecipe['type'];
  readonly lazy?: boolean;
  readonly returns?: LayerRecipe['returns'];
}

export const layout = (rank: number): Layout => ({ framework: 'pytorch', order: 'first', rank });

export function windowOf(args: Args, rank: number, strideDefault?: string): Window {
  const window = windowAsGiven(args, rank, strideDefault);
  const isLong = window.stride.some((stride) => typeof stride === 'number' && stride > 1);
  if (window.padding === 'same' && isLong)
    throw new ShapeFault('layer/argument', t('PyTorch knows padding="same" only for a stride of 1.'));
  return window;
}

function windowAsGiven(args: Args, rank: number, strideDefault?: string): Window {
  const kernel = args.sizes('kernel_size', rank);
  const padding = args.text('padding');
  return {
    kernel,
    stride: args.has('stride') ? args.sizes('stride', rank) : args.sizes(strideDefault ?? 'stride', rank),
    dilation: args.values.has('dilation') ? args.sizes('dilation', rank) : kernel.map(() => 1),
    padding: padding === 'same' || padding === 'valid' ? padding : args.sizes('padding', rank),
    ceil: args.flag('ceil_mode') === true,
  };
}

export const CONV =
  'in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode=zeros, device=None, dtype=None';

export const CONV_TRANSPOSED =
  'in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode=zeros, device=None, dtype=None';

export const LAZY_CONV = CONV.replace('in_channels, ', '');

export function conv(
  rank: number,
  name: string,
  options: { transposed?: boolean; lazy?: boolean } = {},
): Row {
  const { transposed = false, lazy = false } = options;
  const order = layout(rank);
  return {
    signature: transposed ? CONV_TRANSPOSED : lazy ? LAZY_CONV : CONV,
    lazy,
    weights: (args, [input]) => {
      const channels = lazy
        ? (input?.shape?.at(-rank - 1) ?? unknownDim(reasonOf(input ? [input] : [])))
        : args.dim('in_channels');
      const filters = args.dim('out_channels');
      const kernel = args.sizes('kernel_size', rank);
      const groups = args.dim('groups');
      const outer = transposed ? channels : filters;
      const inner = floorDivide(transposed ? filters : channels, groups);
      const kernels: Weight = {
        name: 'weight',
        shape: [outer, inner, ...kernel],
        trainable: true,
        role: 'weight',
        start: undefined,
      };
      return hasBias(args)
        ? [kernels, { name: 'bias', shape: [filters], trainable: true, role: 'bias', start: undefined }]
        : [kernels];
    },
    rule: ([input], args) => {
      const { kernel, stride, dilation, padding, ceil } = windowOf(args, rank);
      return convolve(input, {
        kernel,
        stride,
        dilation,
        padding,
        ceil,
        layer: name,
        layout: order,
        filters: args.dim('out_channels'),
        channels: lazy ? undefined : args.dim('in_channels'),
        channelsArgument: lazy ? undefined : 'in_channels',
        groups: args.dim('groups'),
        hasBias: hasBias(args),
        isTransposed: transposed,
        outputPadding: transposed ? args.sizes('output_padding', rank) : undefined,
      });
    },
  };
}

/** An unknown `bias` is read as the default; counts then say what they rest on. */
/** PyTorch refuses pooling windows of which more than half could be padding. */
function poolingWindow(args: Args, rank: number): Window {
  const window = windowOf(args, rank, 'kernel_size');
  window.kernel.forEach((kernel, i) => {
    const padding = Array.isArray(window.padding) ? window.padding[i] : 0;
    if (typeof kernel === 'number' && typeof padding === 'number' && padding * 2 > kernel)
      throw new ShapeFault(
        'layer/argument',
        t('A pooling window of {0} cannot be padded by {1}: half the window is the most.', kernel, padding),
      );
  });
  return window;
}

export function hasBias(args: Args): boolean {
  return args.flag('bias') !== false;
}

export function maxPool(rank: number, name: string): Row {
  return {
    signature: 'kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False',
    rule: ([input], args) =>
      pool(input, {
        ...poolingWindow(args, rank),
        layer: name,
        layout: layout(rank),
        op: 'maxPool',
      }),
  };
}

export function averagePool(rank: number, name: string): Row {
  return {
    signature:
      'kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None',
    rule: ([input], args) => {
      const result = pool(input, {
        ...poolingWindow(args, rank),
        layer: name,
        layout: layout(rank),
        op: 'averagePool',
        countPadding: args.flag('count_include_pad') !== false,
      });
      const divisor = args.has('divisor_override')
        ? (args.number('divisor_override') ?? Number.NaN)
        : undefined;
      return { ...result, attributes: { ...result.attributes, divisor } };
    },
  };
}

export function adaptive(rank: number, kind: 'max' | 'average', name: string): Row {
  return {
    signature: 'output_size, return_indices=False',
    rule: ([input], args) => adaptivePool(input, args, rank, kind, name),
  };
}

export function batchNorm(ranks: readonly number[], name: string, affineDefault = true): Row {
  return {
    signature: `num_features, eps=1e-5, momentum=0.1, affine=${affineDefault ? 'True' : 'False'}, track_running_stats=${affineDefault ? 'True' : 'False'}, device=None, dtype=None`,
    weights: (args) => {
      const affine = args.flag('affine') !== false;
      const tracked = args.flag('track_running_stats') !== false;
      return normWeights(args.dim('num_features'), {
        scale: affine ? 'weight' : undefined,
        shift: affine ? 'bias' : undefined,
        mean: tracked ? 'running_mean' : undefined,
        variance: tracked ? 'running_var' : undefined,
      });
    },
    rule: ([input], args) => {
      const { shape } = input;
      if (shape && !ranks.includes(shape.length))
        throw new ShapeFault(
          'shape/rank',
          t(
            '{0} takes a tensor of {1} dimensions, and gets {2}.',
            name,
            ranks.join(' / '),
            formatShape(shape, 'pytorch'),
          ),
          { recovered: shape },
        );
      if (shape) checkChannels(name, args.dim('num_features'), input, shape[1], 'num_features', shape);
      const epsilon = args.number('eps');
      return {
        op: affineDefault ? 'batchNorm' : 'instanceNorm',
        shapes: [shape],
        attributes: { epsilon, axis: 1, momentum: args.number('momentum') },
      };
    },
  };
}

/** Layers that leave the shape alone. */
export function same(op: string, sig = ''): Row {
  return {
    signature: sig,
    rule: ([input], args) => ({ op, shapes: [input.shape], attributes: attributesOf(args) }),
  };
}

export function attributesOf(args: Args): Record<string, number | string | boolean | undefined> {
  const attributes: Record<string, number | string | boolean | undefined> = {};
  for (const [name, value] of args.values) {
    if (value.kind === 'float') attributes[name] = value.value;
    else if (value.kind === 'int' && typeof value.value === 'number') attributes[name] = value.value;
    else if (value.kind === 'string' || value.kind === 'boolean') attributes[name] = value.value;
    // What was given and is not known must not be taken for the default.
    else if (value.kind === 'unknown' && name !== 'inplace') attributes.extra = true;
  }
  return attributes;
}

export function recurrent(gates: number): Row {
  return {
    signature:
      'input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0, bidirectional=False, nonlinearity=tanh, proj_size=0, device=None, dtype=None',
    weights: (args) => {
      const hidden = args.dim('hidden_size');
      const layers = args.number('num_layers') ?? 1;
      const directions = args.flag('bidirectional') ? 2 : 1;
      const weights: Weight[] = [];
      for (let layer = 0; layer < layers; layer++) {
        for (let direction = 0; direction < directions; direction++) {
          const ending = `l${layer}${direction ? '_reverse' : ''}`;
          const input = layer === 0 ? args.dim('input_size') : multiply(hidden, directions);
          const rows = multiply(gates, hidden);
          weights.push({
            name: `weight_ih_${ending}`,
            shape: [rows, input],
            trainable: true,
            role: 'weight',
          });
          weights.push({
            name: `weight_hh_${ending}`,
            shape: [rows, hidden],
            trainable: true,
            role: 'weight',
          });
          if (!hasBias(args)) continue;
          weights.push({
            name: `bias_ih_${ending}`,
            shape: [rows],
            trainable: true,
            role: 'bias',
            start: undefined,
          });
          weights.push({
            name: `bias_hh_${ending}`,
            shape: [rows],
            trainable: true,
            role: 'bias',
            start: undefined,
          });
        }
      }
      return weights;
    },
    rule: ([input], args) => {
      const { shape } = input;
      const hidden = args.dim('hidden_size');
      const directions = args.flag('bidirectional') ? 2 : 1;
      if (!shape)
        return {
          op: 'recurrent',
          shapes: [undefined, undefined, undefined],
          macs: unknownDim(reasonOf([input])),
        };
      checkChannels(
        'input_size',
        args.dim('input_size'),
        input,
        shape[shape.length - 1],
        'input_size',
        undefined,
      );
      const batchFirst = args.flag('batch_first') === true;
      const state: Dim[] = [multiply(args.dim('num_layers'), directions)];
      if (shape.length === 3) state.push(shape[batchFirst ? 0 : 1]);
      state.push(hidden);
      const output = [...shape.slice(0, -1), multiply(hidden, directions)];
      return {
        op: 'recurrent',
        shapes: [output, state, state],
        macs: unknownDim(t('The cost of a recurrent layer is not counted.')),
      };
    },
    returns: (outputs) => ({
      kind: 'tuple',
      items: [outputs[0], gates === 4 ? { kind: 'tuple', items: [outputs[1], outputs[2]] } : outputs[1]],
    }),
  };
}

export function denseWeights(inputs: Dim, outputs: Dim, bias: boolean): Weight[] {
  const weights: Weight[] = [{ name: 'weight', shape: [outputs, inputs], trainable: true, role: 'weight' }];
  if (bias) weights.push({ name: 'bias', shape: [outputs], trainable: true, role: 'bias', start: undefined });
  return weights;
}

export function normalizedShape(args: Args): Dims {
  const value = args.get('normalized_shape');
  return value.kind === 'list' || value.kind === 'tuple'
    ? args.sizes('normalized_shape', value.items.length)
    : [args.dim('normalized_shape')];
}

export function flattenRule(input: TensorValue, start: Dim, end: Dim): OpResult {
  const { shape } = input;
  if (!shape) return { op: 'flatten', shapes: [undefined], reason: reasonOf([input]) };
  const from = axisOf(start, shape.length);
  const to = axisOf(end, shape.length);
  if (from !== undefined && to !== undefined && from > to)
    throw new ShapeFault('shape/axis', t('The axes to flatten begin behind their end.'));
  if (from === undefined || to === undefined)
    return { op: 'flatten', shapes: [undefined], reason: t('The axes to flatten are not known.') };
  return { op: 'flatten', shapes: [flattened(shape, from, to)], attributes: { axis: from } };
}
