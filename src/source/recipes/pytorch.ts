/**
 * PyTorch's layers, one row each: the signature as torch.nn documents it, the weights under their `state_dict`
 * names, the shape rule. Shapes are N, C, H, W. Source of the rules: the shape sections of PyTorch's own
 * reference pages. Not here: quantised, distributed and sparse layers.
 */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import { type Dim, type Dims, floorDivide, multiply, sameDim, unknownDim } from '../values/dims';
import { formatShape } from '../values/format';
import type { OpResult } from '../values/trace';
import type { TensorValue, Weight } from '../values/values';
import { adaptivePool, interpolate, padded, unflattened } from './pytorchRules';
import { type Args, type LayerRecipe, type Rule, ShapeFault, signature } from './recipe';
import { axisOf, flattened } from './shapes';
import { checkChannels, convolve, dense, type Layout, normWeights, pool, type Window } from './windows';

interface Row {
  readonly signature: string;
  readonly weights?: (args: Args, inputs: readonly TensorValue[]) => Weight[];
  readonly rule?: Rule;
  readonly type?: LayerRecipe['type'];
  readonly lazy?: boolean;
  readonly returns?: LayerRecipe['returns'];
}

const layout = (rank: number): Layout => ({ framework: 'pytorch', order: 'first', rank });

export function windowOf(args: Args, rank: number, strideDefault?: string): Window {
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

const CONV =
  'in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode=zeros, device=None, dtype=None';
const CONV_TRANSPOSED =
  'in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode=zeros, device=None, dtype=None';
const LAZY_CONV = CONV.replace('in_channels, ', '');

function conv(rank: number, name: string, options: { transposed?: boolean; lazy?: boolean } = {}): Row {
  const { transposed = false, lazy = false } = options;
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
      const weights: Weight[] = [
        { name: 'weight', shape: [outer, inner, ...kernel], trainable: true, role: 'weight' },
      ];
      if (hasBias(args)) weights.push({ name: 'bias', shape: [filters], trainable: true, role: 'bias' });
      return weights;
    },
    rule: ([input], args) =>
      convolve(input, {
        ...windowOf(args, rank),
        layer: name,
        layout: layout(rank),
        filters: args.dim('out_channels'),
        channels: lazy ? undefined : args.dim('in_channels'),
        channelsArgument: lazy ? undefined : 'in_channels',
        groups: args.dim('groups'),
        hasBias: hasBias(args),
        isTransposed: transposed,
        outputPadding: transposed ? args.sizes('output_padding', rank) : undefined,
      }),
  };
}

/** An unknown `bias` is read as the default; counts then say what they rest on. */
function hasBias(args: Args): boolean {
  return args.flag('bias') !== false;
}

function maxPool(rank: number, name: string): Row {
  return {
    signature: 'kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False',
    rule: ([input], args) =>
      pool(input, {
        ...windowOf(args, rank, 'kernel_size'),
        layer: name,
        layout: layout(rank),
        op: 'maxPool',
      }),
  };
}

function averagePool(rank: number, name: string): Row {
  return {
    signature:
      'kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None',
    rule: ([input], args) =>
      pool(input, {
        ...windowOf(args, rank, 'kernel_size'),
        layer: name,
        layout: layout(rank),
        op: 'averagePool',
        countPadding: args.flag('count_include_pad') !== false,
      }),
  };
}

function adaptive(rank: number, kind: 'max' | 'average', name: string): Row {
  return {
    signature: 'output_size, return_indices=False',
    rule: ([input], args) => adaptivePool(input, args, rank, kind, name),
  };
}

function batchNorm(ranks: readonly number[], name: string, affineDefault = true): Row {
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
function same(op: string, sig = ''): Row {
  return {
    signature: sig,
    rule: ([input], args) => ({ op, shapes: [input.shape], attributes: attributesOf(args) }),
  };
}

export function attributesOf(args: Args): Record<string, number | string | undefined> {
  const attributes: Record<string, number | string | undefined> = {};
  for (const [name, value] of args.values) {
    if (value.kind === 'float') attributes[name] = value.value;
    else if (value.kind === 'int' && typeof value.value === 'number') attributes[name] = value.value;
    else if (value.kind === 'string') attributes[name] = value.value;
  }
  return attributes;
}

function recurrent(gates: number): Row {
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
          weights.push({ name: `bias_ih_${ending}`, shape: [rows], trainable: true, role: 'bias' });
          weights.push({ name: `bias_hh_${ending}`, shape: [rows], trainable: true, role: 'bias' });
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

const ROWS = {
  Conv1d: conv(1, 'Conv1d'),
  Conv2d: conv(2, 'Conv2d'),
  Conv3d: conv(3, 'Conv3d'),
  LazyConv1d: conv(1, 'LazyConv1d', { lazy: true }),
  LazyConv2d: conv(2, 'LazyConv2d', { lazy: true }),
  LazyConv3d: conv(3, 'LazyConv3d', { lazy: true }),
  ConvTranspose1d: conv(1, 'ConvTranspose1d', { transposed: true }),
  ConvTranspose2d: conv(2, 'ConvTranspose2d', { transposed: true }),
  ConvTranspose3d: conv(3, 'ConvTranspose3d', { transposed: true }),
  Linear: {
    signature: 'in_features, out_features, bias=True, device=None, dtype=None',
    weights: (args) => denseWeights(args.dim('in_features'), args.dim('out_features'), hasBias(args)),
    rule: ([input], args) =>
      dense(input, args.dim('out_features'), args.dim('in_features'), 'Linear', 'in_features'),
  },
  LazyLinear: {
    signature: 'out_features, bias=True, device=None, dtype=None',
    lazy: true,
    weights: (args, [input]) =>
      denseWeights(
        input?.shape?.at(-1) ?? unknownDim(reasonOf(input ? [input] : [])),
        args.dim('out_features'),
        hasBias(args),
      ),
    rule: ([input], args) => dense(input, args.dim('out_features'), undefined, 'LazyLinear', undefined),
  },
  Bilinear: {
    signature: 'in1_features, in2_features, out_features, bias=True',
    weights: (args) => [
      {
        name: 'weight',
        shape: [args.dim('out_features'), args.dim('in1_features'), args.dim('in2_features')],
        trainable: true,
        role: 'weight',
      },
      ...(hasBias(args)
        ? [{ name: 'bias', shape: [args.dim('out_features')], trainable: true, role: 'bias' as const }]
        : []),
    ],
    rule: ([input], args) => ({
      op: 'bilinear',
      shapes: [input.shape && [...input.shape.slice(0, -1), args.dim('out_features')]],
      macs: unknownDim(t('The cost of a bilinear layer is not counted.')),
    }),
  },
  BatchNorm1d: batchNorm([2, 3], 'BatchNorm1d'),
  BatchNorm2d: batchNorm([4], 'BatchNorm2d'),
  BatchNorm3d: batchNorm([5], 'BatchNorm3d'),
  SyncBatchNorm: batchNorm([2, 3, 4, 5], 'SyncBatchNorm'),
  InstanceNorm1d: batchNorm([2, 3], 'InstanceNorm1d', false),
  InstanceNorm2d: batchNorm([3, 4], 'InstanceNorm2d', false),
  InstanceNorm3d: batchNorm([4, 5], 'InstanceNorm3d', false),
  LazyBatchNorm2d: {
    signature: 'eps=1e-5, momentum=0.1, affine=True, track_running_stats=True',
    lazy: true,
    weights: (_, [input]) =>
      normWeights(input?.shape?.[1] ?? unknownDim(reasonOf(input ? [input] : [])), {
        scale: 'weight',
        shift: 'bias',
        mean: 'running_mean',
        variance: 'running_var',
      }),
    rule: ([input], args) => ({
      op: 'batchNorm',
      shapes: [input.shape],
      attributes: { epsilon: args.number('eps'), axis: 1 },
    }),
  },
  GroupNorm: {
    signature: 'num_groups, num_channels, eps=1e-5, affine=True, device=None, dtype=None',
    weights: (args) =>
      args.flag('affine') === false
        ? []
        : normWeights(args.dim('num_channels'), { scale: 'weight', shift: 'bias' }),
    rule: ([input], args) => {
      if (input.shape)
        checkChannels(
          'GroupNorm',
          args.dim('num_channels'),
          input,
          input.shape[1],
          'num_channels',
          input.shape,
        );
      return {
        op: 'groupNorm',
        shapes: [input.shape],
        attributes: { groups: args.number('num_groups'), epsilon: args.number('eps') },
      };
    },
  },
  LayerNorm: {
    signature: 'normalized_shape, eps=1e-5, elementwise_affine=True, bias=True, device=None, dtype=None',
    weights: (args) => {
      if (args.flag('elementwise_affine') === false) return [];
      const shape = normalizedShape(args);
      const weights: Weight[] = [{ name: 'weight', shape, trainable: true, role: 'scale' }];
      if (hasBias(args)) weights.push({ name: 'bias', shape, trainable: true, role: 'shift' });
      return weights;
    },
    rule: ([input], args) => {
      const shape = normalizedShape(args);
      const last = input.shape?.slice(-shape.length);
      if (last?.some((dim, i) => sameDim(dim, shape[i]) === false))
        throw new ShapeFault(
          'shape/channels',
          t(
            'LayerNorm is made for {0}, but its input is {1}.',
            formatShape(shape, 'pytorch'),
            formatShape(input.shape, 'pytorch'),
          ),
          { recovered: input.shape },
        );
      return {
        op: 'layerNorm',
        shapes: [input.shape],
        attributes: { epsilon: args.number('eps'), axes: shape.length },
      };
    },
  },
  ReLU: same('relu', 'inplace=False'),
  ReLU6: same('relu6', 'inplace=False'),
  LeakyReLU: same('leakyRelu', 'negative_slope=0.01, inplace=False'),
  RReLU: same('leakyRelu', 'lower=0.125, upper=0.33, inplace=False'),
  ELU: same('elu', 'alpha=1.0, inplace=False'),
  CELU: same('celu', 'alpha=1.0, inplace=False'),
  SELU: same('selu', 'inplace=False'),
  GELU: same('gelu', 'approximate=none'),
  SiLU: same('silu', 'inplace=False'),
  Mish: same('mish', 'inplace=False'),
  Sigmoid: same('sigmoid'),
  Tanh: same('tanh'),
  Softplus: same('softplus', 'beta=1, threshold=20'),
  Softsign: same('softsign'),
  Hardswish: same('hardSwish', 'inplace=False'),
  Hardsigmoid: same('hardSigmoid', 'inplace=False'),
  Hardtanh: same('clip', 'min_val=-1.0, max_val=1.0, inplace=False'),
  Softmax: same('softmax', 'dim=None'),
  LogSoftmax: same('logSoftmax', 'dim=None'),
  Softmax2d: same('softmax'),
  Dropout: same('dropout', 'p=0.5, inplace=False'),
  Dropout1d: same('dropout', 'p=0.5, inplace=False'),
  Dropout2d: same('dropout', 'p=0.5, inplace=False'),
  Dropout3d: same('dropout', 'p=0.5, inplace=False'),
  AlphaDropout: same('dropout', 'p=0.5, inplace=False'),
  Identity: { ...same('identity', '*args, **kwargs') },
  LocalResponseNorm: same('localResponseNorm', 'size, alpha=0.0001, beta=0.75, k=1.0'),
  PReLU: {
    signature: 'num_parameters=1, init=0.25, device=None, dtype=None',
    weights: (args) => [
      { name: 'weight', shape: [args.dim('num_parameters')], trainable: true, role: 'weight' },
    ],
    rule: ([input]) => ({ op: 'prelu', shapes: [input.shape] }),
  },
  MaxPool1d: maxPool(1, 'MaxPool1d'),
  MaxPool2d: maxPool(2, 'MaxPool2d'),
  MaxPool3d: maxPool(3, 'MaxPool3d'),
  AvgPool1d: averagePool(1, 'AvgPool1d'),
  AvgPool2d: averagePool(2, 'AvgPool2d'),
  AvgPool3d: averagePool(3, 'AvgPool3d'),
  AdaptiveAvgPool1d: adaptive(1, 'average', 'AdaptiveAvgPool1d'),
  AdaptiveAvgPool2d: adaptive(2, 'average', 'AdaptiveAvgPool2d'),
  AdaptiveAvgPool3d: adaptive(3, 'average', 'AdaptiveAvgPool3d'),
  AdaptiveMaxPool1d: adaptive(1, 'max', 'AdaptiveMaxPool1d'),
  AdaptiveMaxPool2d: adaptive(2, 'max', 'AdaptiveMaxPool2d'),
  AdaptiveMaxPool3d: adaptive(3, 'max', 'AdaptiveMaxPool3d'),
  Flatten: {
    signature: 'start_dim=1, end_dim=-1',
    rule: ([input], args) => flattenRule(input, args.dim('start_dim'), args.dim('end_dim')),
  },
  Unflatten: { signature: 'dim, unflattened_size', rule: ([input], args) => unflattened(input, args) },
  ZeroPad2d: { signature: 'padding', rule: ([input], args) => padded(input, args.get('padding'), 2, 0) },
  ReflectionPad2d: { signature: 'padding', rule: ([input], args) => padded(input, args.get('padding'), 2) },
  ReplicationPad2d: { signature: 'padding', rule: ([input], args) => padded(input, args.get('padding'), 2) },
  ConstantPad2d: {
    signature: 'padding, value',
    rule: ([input], args) => padded(input, args.get('padding'), 2, args.number('value')),
  },
  ConstantPad1d: {
    signature: 'padding, value',
    rule: ([input], args) => padded(input, args.get('padding'), 1, args.number('value')),
  },
  ReflectionPad1d: { signature: 'padding', rule: ([input], args) => padded(input, args.get('padding'), 1) },
  Upsample: {
    signature: 'size=None, scale_factor=None, mode=nearest, align_corners=None, recompute_scale_factor=None',
    rule: ([input], args) => interpolate(input, args),
  },
  UpsamplingNearest2d: {
    signature: 'size=None, scale_factor=None',
    rule: ([input], args) => interpolate(input, args),
  },
  UpsamplingBilinear2d: {
    signature: 'size=None, scale_factor=None',
    rule: ([input], args) => interpolate(input, args),
  },
  PixelShuffle: {
    signature: 'upscale_factor',
    rule: ([{ shape }], args) => {
      const r = args.dim('upscale_factor');
      if (!shape || shape.length < 3) return { op: 'pixelShuffle', shapes: [undefined] };
      const [c, h, w] = shape.slice(-3);
      const channels = floorDivide(c, multiply(r, r));
      return {
        op: 'pixelShuffle',
        shapes: [[...shape.slice(0, -3), channels, multiply(h, r), multiply(w, r)]],
      };
    },
  },
  ChannelShuffle: same('channelShuffle', 'groups'),
  Embedding: {
    signature:
      'num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, device=None, dtype=None',
    weights: (args) => [
      {
        name: 'weight',
        shape: [args.dim('num_embeddings'), args.dim('embedding_dim')],
        trainable: true,
        role: 'weight',
      },
    ],
    rule: ([input], args) => ({
      op: 'embedding',
      shapes: [input.shape && [...input.shape, args.dim('embedding_dim')]],
    }),
  },
  RNN: recurrent(1),
  GRU: recurrent(3),
  LSTM: recurrent(4),
  MultiheadAttention: {
    signature:
      'embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, batch_first=False, device=None, dtype=None',
    weights: (args) => {
      const size = args.dim('embed_dim');
      const weights: Weight[] = [
        { name: 'in_proj_weight', shape: [multiply(3, size), size], trainable: true, role: 'weight' },
      ];
      if (hasBias(args))
        weights.push({ name: 'in_proj_bias', shape: [multiply(3, size)], trainable: true, role: 'bias' });
      weights.push({ name: 'out_proj.weight', shape: [size, size], trainable: true, role: 'weight' });
      if (hasBias(args))
        weights.push({ name: 'out_proj.bias', shape: [size], trainable: true, role: 'bias' });
      return weights;
    },
    rule: ([query]) => ({
      op: 'attention',
      shapes: [query.shape, undefined],
      macs: unknownDim(t('The cost of attention is not counted.')),
    }),
    returns: 'tuple',
  },
  Module: { signature: '*args, **kwargs', type: 'base' },
  Sequential: { signature: '*args', type: 'sequential' },
  ModuleList: { signature: 'modules=None', type: 'list' },
  ModuleDict: { signature: 'modules=None', type: 'dict' },
} satisfies Record<string, Row>;

function denseWeights(inputs: Dim, outputs: Dim, bias: boolean): Weight[] {
  const weights: Weight[] = [{ name: 'weight', shape: [outputs, inputs], trainable: true, role: 'weight' }];
  if (bias) weights.push({ name: 'bias', shape: [outputs], trainable: true, role: 'bias' });
  return weights;
}

function normalizedShape(args: Args): Dims {
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
  if (from === undefined || to === undefined)
    return { op: 'flatten', shapes: [undefined], reason: t('The axes to flatten are not known.') };
  return { op: 'flatten', shapes: [flattened(shape, from, to)], attributes: { axis: from } };
}

/** The layers of torch.nn, by name. */
export const pytorchLayers: Readonly<Record<string, LayerRecipe>> = Object.fromEntries(
  Object.entries<Row>(ROWS).map(([name, row]) => [
    name,
    {
      name,
      framework: 'pytorch',
      signature: signature(row.signature),
      type: row.type ?? 'layer',
      builds: row.lazy ? 'called' : 'made',
      weights: row.weights,
      rule: row.rule,
      returns: row.returns,
    } satisfies LayerRecipe,
  ]),
);
