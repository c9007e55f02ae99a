/** Families of Keras layers that differ by their rank or their operation only: what the rows are made of. */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import { add, type Dim, floorDivide, multiply, productOf, unknownDim } from '../values/dims';
import type { TensorValue, Weight } from '../values/values';
import { elementwiseRule } from './arithmetic';
import { recurrentRule, recurrentWeights } from './kerasRules';
import type { Args, LayerRecipe, Rule } from './recipe';
import { type ChannelOrder, convolve, type Layout, pool, poolAll, type Window } from './windows';

export interface KerasRow {
  readonly signature: string;
  readonly weights?: (args: Args, inputs: readonly TensorValue[]) => Weight[];
  readonly rule?: Rule;
  readonly type?: LayerRecipe['type'];
  readonly merges?: boolean;
}

export const ACTIVATION = 'activation=None';

export function orderOf(args: Args): ChannelOrder {
  return args.text('data_format') === 'channels_first' ? 'first' : 'last';
}

export function layoutOf(args: Args, rank: number): Layout {
  return { framework: 'keras', order: orderOf(args), rank };
}

/** Keras pads by `valid`, `same` or `causal`; anything else leaves the size unknown. */
export function windowOf(args: Args, rank: number, kernelName: string, strideName = 'strides'): Window {
  const kernel = args.sizes(kernelName, rank);
  const padding = args.text('padding')?.toLowerCase();
  const isKnown = padding === 'same' || padding === 'valid' || padding === 'causal';
  return {
    kernel,
    stride: args.has(strideName) ? args.sizes(strideName, rank) : kernel,
    dilation: args.has('dilation_rate') ? args.sizes('dilation_rate', rank) : kernel.map(() => 1),
    padding: isKnown ? padding : kernel.map(() => unknownDim(t('The padding is not known.'))),
  };
}

export function channelsOf(input: TensorValue | undefined, order: ChannelOrder): Dim {
  const dim = order === 'first' ? input?.shape?.[1] : input?.shape?.at(-1);
  return dim ?? unknownDim(reasonOf(input ? [input] : []));
}

export function useBias(args: Args): boolean {
  return args.flag('use_bias') !== false;
}

export function kernelAndBias(
  kernel: readonly Dim[],
  filters: Dim,
  bias: boolean,
  name = 'kernel',
): Weight[] {
  const weights: Weight[] = [{ name, shape: [...kernel], trainable: true, role: 'weight' }];
  if (bias) weights.push({ name: 'bias', shape: [filters], trainable: true, role: 'bias' });
  return weights;
}

export const CONV =
  'filters, kernel_size, strides=1, padding=valid, data_format=None, dilation_rate=1, groups=1, activation=None, use_bias=True, **kwargs';

export const CONV_TRANSPOSED =
  'filters, kernel_size, strides=1, padding=valid, output_padding=None, data_format=None, dilation_rate=1, activation=None, use_bias=True, **kwargs';

export function conv(rank: number, name: string, isTransposed = false): KerasRow {
  return {
    signature: isTransposed ? CONV_TRANSPOSED : CONV,
    weights: (args, [input]) => {
      const channels = channelsOf(input, orderOf(args));
      const filters = args.dim('filters');
      const kernel = args.sizes('kernel_size', rank);
      const inner = isTransposed ? [filters, channels] : [floorDivide(channels, args.dim('groups')), filters];
      return kernelAndBias([...kernel, ...inner], filters, useBias(args));
    },
    rule: ([input], args) =>
      activated(
        convolve(input, {
          ...windowOf(args, rank, 'kernel_size'),
          layer: name,
          layout: layoutOf(args, rank),
          filters: args.dim('filters'),
          groups: isTransposed ? 1 : args.dim('groups'),
          hasBias: useBias(args),
          isTransposed,
        }),
        args,
      ),
  };
}

export function activated(result: ReturnType<Rule>, args: Args): ReturnType<Rule> {
  const activation = activationOf(args);
  return activation ? { ...result, attributes: { ...result.attributes, activation } } : result;
}

/** The activation's word; functions of the framework go by their names, anything else is `?`. */
function activationOf(args: Args): string | undefined {
  const value = args.get('activation');
  if (value.kind === 'none') return undefined;
  if (value.kind === 'string') return value.value;
  if (value.kind === 'native') return value.function.name;
  return '?';
}

export function depthwise(rank: number, name: string): KerasRow {
  return {
    signature:
      'kernel_size, strides=1, padding=valid, depth_multiplier=1, data_format=None, dilation_rate=1, activation=None, use_bias=True, **kwargs',
    weights: (args, [input]) => {
      const channels = channelsOf(input, orderOf(args));
      const multiplier = args.dim('depth_multiplier');
      const kernel = [...args.sizes('kernel_size', rank), channels, multiplier];
      return kernelAndBias(kernel, multiply(channels, multiplier), useBias(args), 'depthwise_kernel');
    },
    rule: ([input], args) => {
      const channels = channelsOf(input, orderOf(args));
      return activated(
        convolve(input, {
          ...windowOf(args, rank, 'kernel_size'),
          layer: name,
          layout: layoutOf(args, rank),
          filters: multiply(channels, args.dim('depth_multiplier')),
          groups: channels,
          hasBias: useBias(args),
        }),
        args,
      );
    },
  };
}

export function separable(rank: number, name: string): KerasRow {
  return {
    signature:
      'filters, kernel_size, strides=1, padding=valid, data_format=None, dilation_rate=1, depth_multiplier=1, activation=None, use_bias=True, **kwargs',
    weights: (args, [input]) => {
      const channels = channelsOf(input, orderOf(args));
      const middle = multiply(channels, args.dim('depth_multiplier'));
      const filters = args.dim('filters');
      const ones = new Array<Dim>(rank).fill(1);
      return [
        ...kernelAndBias(
          [...args.sizes('kernel_size', rank), channels, args.dim('depth_multiplier')],
          filters,
          false,
          'depthwise_kernel',
        ),
        ...kernelAndBias([...ones, middle, filters], filters, useBias(args), 'pointwise_kernel'),
      ];
    },
    rule: ([input], args) => {
      const result = convolve(input, {
        ...windowOf(args, rank, 'kernel_size'),
        layer: name,
        layout: layoutOf(args, rank),
        filters: args.dim('filters'),
        groups: 1,
        hasBias: useBias(args),
      });
      // A window a channel, then a map of channels that looks at one pixel.
      const channels = channelsOf(input, orderOf(args));
      const middle = multiply(channels, args.dim('depth_multiplier'));
      const [shape] = result.shapes;
      const sizes = orderOf(args) === 'last' ? (shape ?? []).slice(1, -1) : (shape ?? []).slice(2);
      const window = productOf(args.sizes('kernel_size', rank));
      const each = add(multiply(middle, window), multiply(middle, args.dim('filters')));
      return { ...activated(result, args), op: 'separableConv', macs: multiply(productOf(sizes), each) };
    },
  };
}

export function pooling(rank: number, op: 'maxPool' | 'averagePool', name: string): KerasRow {
  return {
    signature: 'pool_size=2, strides=None, padding=valid, data_format=None, **kwargs',
    rule: ([input], args) =>
      pool(input, {
        ...windowOf(args, rank, 'pool_size'),
        layer: name,
        layout: layoutOf(args, rank),
        op,
        countPadding: false,
      }),
  };
}

export function globalPooling(rank: number, kind: string, name: string): KerasRow {
  return {
    signature: 'data_format=None, keepdims=False, **kwargs',
    rule: ([input], args) => poolAll(input, name, layoutOf(args, rank), kind, args.flag('keepdims') === true),
  };
}

const NUMBERS = ['alpha', 'negative_slope', 'max_value', 'threshold', 'axis', 'scale', 'offset'];

/** Layers that leave the shape alone. */
export function same(op: string, sig = '', attribute?: string): KerasRow {
  return {
    signature: sig ? `${sig}, **kwargs` : '**kwargs',
    rule: ([input], args) => ({
      op,
      shapes: [input.shape],
      attributes: {
        alpha: args.number(attribute ?? 'alpha') ?? args.number('negative_slope'),
        rate: args.number('rate'),
        activation: activationOf(args),
        maximum: args.number('max_value'),
        threshold: args.number('threshold'),
        axis: args.number('axis'),
        scale: args.number('scale'),
        offset: args.number('offset'),
        // What was given and is not known must not be taken for the default.
        extra: NUMBERS.some((name) => args.has(name) && args.number(name) === undefined) || undefined,
      },
    }),
  };
}

export function merge(op: string): KerasRow {
  return { signature: '**kwargs', merges: true, rule: (inputs) => elementwiseRule(op, inputs, 'keras') };
}

export function recurrent(gates: number, hasSplitBias: boolean): KerasRow {
  return {
    signature:
      'units, activation=tanh, recurrent_activation=sigmoid, use_bias=True, return_sequences=False, return_state=False, go_backwards=False, stateful=False, reset_after=True, **kwargs',
    weights: (args, [input]) => recurrentWeights(args, channelsOf(input, 'last'), gates, hasSplitBias),
    rule: ([input], args) => recurrentRule(input, args),
  };
}

export function resize(op: 'resize' | 'centerCrop'): KerasRow {
  return {
    signature: 'height, width, interpolation=bilinear, **kwargs',
    rule: ([{ shape }], args) => ({
      op,
      attributes: {
        mode: ['antialias', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio'].some((name) => args.has(name))
          ? undefined
          : args.text('interpolation'),
      },
      shapes: [
        shape && [...shape.slice(0, -3), args.dim('height'), args.dim('width'), shape[shape.length - 1]],
      ],
    }),
  };
}
