/**
 * Keras' layers, one row each: the signature as keras.layers documents it, the weights under their Keras names,
 * the shape rule. Shapes are N, H, W, C unless `data_format` says otherwise. TensorFlow.js' layers are the same
 * rows under other names. Source of the rules: the input and output shape sections of Keras' reference pages.
 */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import { unknownDim } from '../values/dims';
import {
  ACTIVATION,
  activated,
  channelsOf,
  conv,
  depthwise,
  globalPooling,
  type KerasRow,
  kernelAndBias,
  merge,
  orderOf,
  pooling,
  recurrent,
  resize,
  same,
  separable,
  useBias,
} from './kerasBuilders';
import {
  attention,
  cropped,
  dotted,
  grown,
  normalizedAxes,
  padded,
  permuted,
  reshapeRule,
} from './kerasRules';
import { type LayerRecipe, signature } from './recipe';
import { concatenated, flattened } from './shapes';
import { dense, normWeights } from './windows';

const NORM = 'axis=-1, momentum=0.99, epsilon=1e-3, center=True, scale=True, **kwargs';

/** Every layer also takes these. */
const ROWS = {
  Layer: { signature: '**kwargs', type: 'base' },
  Model: { signature: '*args, **kwargs', type: 'model' },
  Functional: { signature: '*args, **kwargs', type: 'model' },
  Sequential: { signature: 'layers=None, trainable=True, name=None, **kwargs', type: 'sequential' },
  InputLayer: {
    signature: 'input_shape=None, batch_size=None, dtype=None, shape=None, **kwargs',
    rule: ([input]) => ({ op: 'identity', shapes: [input.shape] }),
  },
  Dense: {
    signature: `units, ${ACTIVATION}, use_bias=True, **kwargs`,
    weights: (args, [input]) =>
      kernelAndBias([channelsOf(input, 'last'), args.dim('units')], args.dim('units'), useBias(args)),
    rule: ([input], args) => activated(dense(input, args.dim('units'), undefined, 'Dense', undefined), args),
  },
  Conv1D: conv(1, 'Conv1D'),
  Conv2D: conv(2, 'Conv2D'),
  Conv3D: conv(3, 'Conv3D'),
  Conv1DTranspose: conv(1, 'Conv1DTranspose', true),
  Conv2DTranspose: conv(2, 'Conv2DTranspose', true),
  Conv3DTranspose: conv(3, 'Conv3DTranspose', true),
  DepthwiseConv1D: depthwise(1, 'DepthwiseConv1D'),
  DepthwiseConv2D: depthwise(2, 'DepthwiseConv2D'),
  SeparableConv1D: separable(1, 'SeparableConv1D'),
  SeparableConv2D: separable(2, 'SeparableConv2D'),
  MaxPooling1D: pooling(1, 'maxPool', 'MaxPooling1D'),
  MaxPooling2D: pooling(2, 'maxPool', 'MaxPooling2D'),
  MaxPooling3D: pooling(3, 'maxPool', 'MaxPooling3D'),
  AveragePooling1D: pooling(1, 'averagePool', 'AveragePooling1D'),
  AveragePooling2D: pooling(2, 'averagePool', 'AveragePooling2D'),
  AveragePooling3D: pooling(3, 'averagePool', 'AveragePooling3D'),
  GlobalMaxPooling1D: globalPooling(1, 'max', 'GlobalMaxPooling1D'),
  GlobalMaxPooling2D: globalPooling(2, 'max', 'GlobalMaxPooling2D'),
  GlobalMaxPooling3D: globalPooling(3, 'max', 'GlobalMaxPooling3D'),
  GlobalAveragePooling1D: globalPooling(1, 'average', 'GlobalAveragePooling1D'),
  GlobalAveragePooling2D: globalPooling(2, 'average', 'GlobalAveragePooling2D'),
  GlobalAveragePooling3D: globalPooling(3, 'average', 'GlobalAveragePooling3D'),
  BatchNormalization: {
    signature: NORM,
    weights: (args, [input]) => {
      const axis = args.number('axis');
      const size =
        (axis === undefined ? undefined : input?.shape?.at(axis)) ??
        unknownDim(reasonOf(input ? [input] : []));
      return normWeights(size, {
        scale: args.flag('scale') === false ? undefined : 'gamma',
        shift: args.flag('center') === false ? undefined : 'beta',
        mean: 'moving_mean',
        variance: 'moving_variance',
      });
    },
    rule: ([input], args) => ({
      op: 'batchNorm',
      shapes: [input.shape],
      attributes: {
        epsilon: args.number('epsilon'),
        momentum: args.number('momentum'),
        axis: args.number('axis'),
      },
    }),
  },
  LayerNormalization: {
    signature: 'axis=-1, epsilon=1e-3, center=True, scale=True, **kwargs',
    weights: (args, [input]) => {
      const axes = normalizedAxes(args, input?.shape?.length);
      const unknown = unknownDim(t('The axis of the norm is not known.'));
      const shape = axes?.map((axis) => input?.shape?.at(axis) ?? unknown) ?? [unknown];
      return normWeights(shape[0], {
        scale: args.flag('scale') === false ? undefined : 'gamma',
        shift: args.flag('center') === false ? undefined : 'beta',
      }).map((weight) => ({ ...weight, shape }));
    },
    rule: ([input], args) => {
      const axes = normalizedAxes(args, input.shape?.length);
      const first = (input.shape?.length ?? 0) - (axes?.length ?? 0);
      // Only the last axes are one row in memory.
      const isLast = axes?.every((axis, i) => axis === first + i) ?? false;
      return {
        op: 'layerNorm',
        shapes: [input.shape],
        attributes: { epsilon: args.number('epsilon'), axes: isLast ? axes?.length : undefined },
      };
    },
  },
  GroupNormalization: {
    signature: 'groups=32, axis=-1, epsilon=1e-3, center=True, scale=True, **kwargs',
    weights: (args, [input]) =>
      normWeights(channelsOf(input, 'last'), {
        scale: args.flag('scale') === false ? undefined : 'gamma',
        shift: args.flag('center') === false ? undefined : 'beta',
      }),
    rule: ([input], args) => ({
      op: 'groupNorm',
      shapes: [input.shape],
      attributes: { groups: args.number('groups'), epsilon: args.number('epsilon') },
    }),
  },
  UnitNormalization: same('normalize'),
  Activation: same('activation', 'activation'),
  ReLU: same('relu', 'max_value=None, negative_slope=0.0, threshold=0.0'),
  LeakyReLU: same('leakyRelu', 'negative_slope=0.3, alpha=None'),
  ELU: same('elu', 'alpha=1.0'),
  Softmax: same('softmax', 'axis=-1'),
  ThresholdedReLU: same('thresholdedRelu', 'theta=1.0'),
  PReLU: {
    signature:
      'alpha_initializer=zeros, alpha_regularizer=None, alpha_constraint=None, shared_axes=None, **kwargs',
    weights: (args, [input]) => {
      const shared = args.get('shared_axes');
      const axes =
        shared.kind === 'list' || shared.kind === 'tuple'
          ? shared.items.map((i) => (i.kind === 'int' ? i.value : -1))
          : [];
      const shape = (input?.shape ?? []).slice(1).map((dim, i) => (axes.includes(i + 1) ? 1 : dim));
      return [{ name: 'alpha', shape, trainable: true, role: 'weight' }];
    },
    rule: ([input]) => ({ op: 'prelu', shapes: [input.shape] }),
  },
  Dropout: same('dropout', 'rate, noise_shape=None, seed=None'),
  SpatialDropout1D: same('dropout', 'rate, seed=None'),
  SpatialDropout2D: same('dropout', 'rate, data_format=None, seed=None'),
  AlphaDropout: same('dropout', 'rate, noise_shape=None, seed=None'),
  GaussianDropout: same('dropout', 'rate, seed=None'),
  GaussianNoise: same('dropout', 'stddev, seed=None'),
  ActivityRegularization: same('identity', 'l1=0.0, l2=0.0'),
  Identity: same('identity'),
  Masking: same('identity', 'mask_value=0.0'),
  Rescaling: same('rescale', 'scale, offset=0.0'),
  Normalization: same('rescale', 'axis=-1, mean=None, variance=None, invert=False'),
  RandomFlip: same('identity', 'mode=horizontal_and_vertical, seed=None'),
  RandomRotation: same('identity', 'factor, fill_mode=reflect'),
  RandomZoom: same('identity', 'height_factor, width_factor=None'),
  RandomTranslation: same('identity', 'height_factor, width_factor'),
  RandomContrast: same('identity', 'factor'),
  RandomBrightness: same('identity', 'factor'),
  Flatten: {
    signature: 'data_format=None, **kwargs',
    rule: ([{ shape }]) => ({
      op: 'flatten',
      shapes: [shape && (shape.length < 2 ? [...shape, 1] : flattened(shape, 1, shape.length - 1))],
      attributes: { axis: 1 },
    }),
  },
  Reshape: {
    signature: 'target_shape, **kwargs',
    rule: ([input], args) => reshapeRule(input, args.get('target_shape')),
  },
  Permute: { signature: 'dims, **kwargs', rule: ([input], args) => permuted(input, args.get('dims')) },
  RepeatVector: {
    signature: 'n, **kwargs',
    rule: ([{ shape }], args) => ({
      op: 'repeat',
      shapes: [shape?.length === 2 ? [shape[0], args.dim('n'), shape[1]] : undefined],
    }),
  },
  ZeroPadding1D: {
    signature: 'padding=1, **kwargs',
    rule: ([input], args) => padded(input, args.get('padding'), 1, 'last'),
  },
  ZeroPadding2D: {
    signature: 'padding=1, data_format=None, **kwargs',
    rule: ([input], args) => padded(input, args.get('padding'), 2, orderOf(args)),
  },
  ZeroPadding3D: {
    signature: 'padding=1, data_format=None, **kwargs',
    rule: ([input], args) => padded(input, args.get('padding'), 3, orderOf(args)),
  },
  Cropping1D: {
    signature: 'cropping=1, **kwargs',
    rule: ([input], args) => cropped(input, args.get('cropping'), 1, 'last'),
  },
  Cropping2D: {
    signature: 'cropping=0, data_format=None, **kwargs',
    rule: ([input], args) => cropped(input, args.get('cropping'), 2, orderOf(args)),
  },
  UpSampling1D: {
    signature: 'size=2, **kwargs',
    rule: ([input], args) => grown(input, args.sizes('size', 1), 'last'),
  },
  UpSampling2D: {
    signature: 'size=2, data_format=None, interpolation=nearest, **kwargs',
    rule: ([input], args) => grown(input, args.sizes('size', 2), orderOf(args), args.text('interpolation')),
  },
  UpSampling3D: {
    signature: 'size=2, data_format=None, **kwargs',
    rule: ([input], args) => grown(input, args.sizes('size', 3), orderOf(args)),
  },
  Resizing: resize('resize'),
  CenterCrop: resize('centerCrop'),
  Add: merge('add'),
  Subtract: merge('subtract'),
  Multiply: merge('multiply'),
  Average: merge('average'),
  Maximum: merge('maximum'),
  Minimum: merge('minimum'),
  Concatenate: {
    signature: 'axis=-1, **kwargs',
    merges: true,
    rule: (inputs, args) => ({
      op: 'concat',
      shapes: [concatenated(inputs, args.dim('axis'), 'keras')],
      reason: reasonOf(inputs),
      attributes: { axis: args.number('axis') },
    }),
  },
  Dot: {
    signature: 'axes, normalize=False, **kwargs',
    merges: true,
    rule: (inputs, args) => dotted(inputs, args),
  },
  Embedding: {
    signature: 'input_dim, output_dim, **kwargs',
    weights: (args) => [
      {
        name: 'embeddings',
        shape: [args.dim('input_dim'), args.dim('output_dim')],
        trainable: true,
        role: 'weight',
      },
    ],
    rule: ([{ shape }], args) => ({ op: 'embedding', shapes: [shape && [...shape, args.dim('output_dim')]] }),
  },
  SimpleRNN: recurrent(1, false),
  LSTM: recurrent(4, false),
  GRU: recurrent(3, true),
  MultiHeadAttention: attention,
  TimeDistributed: { signature: 'layer, **kwargs', type: 'wrapper' },
  Bidirectional: { signature: 'layer, merge_mode=concat, **kwargs', type: 'wrapper' },
  Lambda: { signature: 'function, output_shape=None, mask=None, arguments=None, **kwargs', type: 'wrapper' },
} satisfies Record<string, KerasRow>;

export const kerasRows: Readonly<Record<string, KerasRow>> = ROWS;

/** Old names that still work. */
const ALIASES: Readonly<Record<string, string>> = {
  Convolution1D: 'Conv1D',
  Convolution2D: 'Conv2D',
  Convolution2DTranspose: 'Conv2DTranspose',
  Deconvolution2D: 'Conv2DTranspose',
  SeparableConvolution2D: 'SeparableConv2D',
  MaxPool1D: 'MaxPooling1D',
  MaxPool2D: 'MaxPooling2D',
  MaxPool3D: 'MaxPooling3D',
  AvgPool1D: 'AveragePooling1D',
  AvgPool2D: 'AveragePooling2D',
  AvgPool3D: 'AveragePooling3D',
  GlobalAvgPool1D: 'GlobalAveragePooling1D',
  GlobalAvgPool2D: 'GlobalAveragePooling2D',
  GlobalMaxPool1D: 'GlobalMaxPooling1D',
  GlobalMaxPool2D: 'GlobalMaxPooling2D',
  BatchNormalizationV2: 'BatchNormalization',
  SyncBatchNormalization: 'BatchNormalization',
};

function recipeOf(name: string, row: KerasRow): LayerRecipe {
  return {
    name,
    framework: 'keras',
    signature: signature(row.signature),
    type: row.type ?? 'layer',
    builds: 'called',
    weights: row.weights,
    rule: row.rule,
    merges: row.merges,
  };
}

/** The layers of keras.layers, by name. */
export const kerasLayers: Readonly<Record<string, LayerRecipe>> = Object.fromEntries([
  ...Object.entries<KerasRow>(ROWS).map(([name, row]) => [name, recipeOf(name, row)] as const),
  ...Object.entries(ALIASES).map(([alias, name]) => [alias, recipeOf(name, kerasRows[name])] as const),
]);
