/**
 * PyTorch's layers, one row each: the signature as torch.nn documents it, the weights under their `state_dict`
 * names, the shape rule. Shapes are N, C, H, W. Source of the rules: the shape sections of PyTorch's own
 * reference pages. Not here: quantised, distributed and sparse layers.
 */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import { floorDivide, multiply, sameDim, unknownDim } from '../values/dims';
import { formatShape } from '../values/format';
import type { Weight } from '../values/values';
import {
  adaptive,
  averagePool,
  batchNorm,
  conv,
  denseWeights,
  flattenRule,
  hasBias,
  maxPool,
  normalizedShape,
  type Row,
  recurrent,
  same,
} from './pytorchBuilders';
import { gluRule, interpolate, mirror, padded, unflattened } from './pytorchRules';
import { type LayerRecipe, ShapeFault, signature } from './recipe';
import { checkChannels, dense, normWeights } from './windows';

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
  LogSigmoid: same('logSigmoid'),
  Tanhshrink: same('tanhshrink'),
  GLU: { signature: 'dim=-1', rule: ([input], args) => gluRule(input, args) },
  Hardtanh: same('clip', 'min_val=-1.0, max_val=1.0, inplace=False'),
  Softmax: same('softmax', 'dim=None'),
  LogSoftmax: same('logSoftmax', 'dim=None'),
  Softmax2d: same('softmax'),
  Dropout: same('dropout', 'p=0.5, inplace=False'),
  Dropout1d: same('dropout', 'p=0.5, inplace=False'),
  Dropout2d: same('dropout', 'p=0.5, inplace=False'),
  Dropout3d: same('dropout', 'p=0.5, inplace=False'),
  AlphaDropout: same('dropout', 'p=0.5, inplace=False'),
  // Not of torch.nn: torchvision's and timm's stochastic depth.
  StochasticDepth: same('dropPath', 'p, mode'),
  DropPath: same('dropPath', 'drop_prob=0.0, scale_by_keep=True'),
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
  ReflectionPad2d: mirror(2, 'reflect'),
  ReplicationPad2d: mirror(2, 'replicate'),
  ConstantPad2d: {
    signature: 'padding, value',
    rule: ([input], args) => padded(input, args.get('padding'), 2, args.number('value')),
  },
  ConstantPad1d: {
    signature: 'padding, value',
    rule: ([input], args) => padded(input, args.get('padding'), 1, args.number('value')),
  },
  ReflectionPad1d: mirror(1, 'reflect'),
  ReplicationPad1d: mirror(1, 'replicate'),
  Upsample: {
    signature: 'size=None, scale_factor=None, mode=nearest, align_corners=None, recompute_scale_factor=None',
    rule: ([input], args) => interpolate(input, args),
  },
  UpsamplingNearest2d: {
    signature: 'size=None, scale_factor=None, mode=nearest',
    rule: ([input], args) => interpolate(input, args),
  },
  UpsamplingBilinear2d: {
    signature: 'size=None, scale_factor=None, mode=bilinear, align_corners=True',
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
  PixelUnshuffle: {
    signature: 'downscale_factor',
    rule: ([{ shape }], args) => {
      const r = args.dim('downscale_factor');
      if (!shape || shape.length < 3) return { op: 'pixelUnshuffle', shapes: [undefined] };
      const [c, h, w] = shape.slice(-3);
      const sizes = [multiply(c, multiply(r, r)), floorDivide(h, r), floorDivide(w, r)];
      return { op: 'pixelUnshuffle', shapes: [[...shape.slice(0, -3), ...sizes]] };
    },
  },
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
