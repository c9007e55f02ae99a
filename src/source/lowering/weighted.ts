/** Layers with weights: parameters under their framework's names, starts as the framework draws them. */
import { t } from '../../base/localize';
import type { Initializer, Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import { type Initialization, initializations, initializerFor } from '../../layers/initializers';
import type { Spelling } from './network';

/** PyTorch draws from U(-1/sqrt fan in, 1/sqrt fan in); Keras from Glorot's uniform unless it is told otherwise. */
function initialization(s: Spelling): Initialization {
  if (s.node.framework === 'pytorch') return 'pytorch-uniform';
  const given = s.node.instance?.layer?.args.get('kernel_initializer');
  const name =
    given?.kind === 'string'
      ? given.value
          .replace(/_?([A-Z])/g, '-$1')
          .toLowerCase()
          .replaceAll('_', '-')
      : '';
  return initializations.find((known) => known === name) ?? 'glorot-uniform';
}

/** Weights and biases, made once for a layer that is called twice. */
function parameters(s: Spelling, shape: readonly number[], filters: number, hasBias: boolean): Value[] {
  const { b, node, shared } = s;
  const known = node.instance && shared.get(node.instance);
  if (known) return [...known];
  const [, inner, ...kernel] = shape;
  const fan = inner * kernel.reduce((x, y) => x * y, 1);
  const values = [
    b.parameter('weight', float32(...shape), 'weight', initializerFor(initialization(s), shape)).value,
  ];
  if (hasBias) {
    const start: Initializer =
      node.framework === 'pytorch'
        ? { kind: 'scaled', distribution: 'uniform', gain: Math.sqrt(1 / 3), fan }
        : { kind: 'zeros' };
    values.push(b.parameter('bias', float32(filters), 'bias', start).value);
  }
  if (node.instance) shared.set(node.instance, values);
  return values;
}

function numbers(s: Spelling, name: string): number[] {
  const value = s.node.attributes[name];
  if (!Array.isArray(value) || !value.every((n) => typeof n === 'number'))
    return s.refuse(t('its {0} is not known.', name));
  return value;
}

/** top, left, bottom, right */
export function padsOf(s: Spelling, image: readonly number[]): number[] {
  const { padding } = s.node.attributes;
  if (padding === 'valid') return [0, 0, 0, 0];
  const [kernel, stride] = [numbers(s, 'kernel'), numbers(s, 'stride')];
  const dilation = Array.isArray(s.node.attributes.dilation) ? numbers(s, 'dilation') : [1, 1];
  if (padding === 'same') {
    const totals = image.map((size, i) => {
      const reach = dilation[i] * (kernel[i] - 1) + 1;
      return Math.max(0, (Math.ceil(size / stride[i]) - 1) * stride[i] + reach - size);
    });
    const before = totals.map((total) => Math.floor(total / 2));
    return [...before, ...totals.map((total, i) => total - before[i])];
  }
  const both = numbers(s, 'padding');
  return [...both, ...both];
}

export function conv(s: Spelling): Value {
  const { b, node, inputs } = s;
  const [x] = inputs;
  const kernel = numbers(s, 'kernel');
  if (kernel.length !== 2 || x.type.shape.length !== 4)
    return s.refuse(t('only two-dimensional convolutions are built here.'));
  const group = node.attributes.groups;
  if (typeof group !== 'number') return s.refuse(t('its groups are not known.'));
  const filters = s.shape[1];
  const mode = node.instance?.layer?.args.get('padding_mode');
  if (mode?.kind === 'string' && mode.value !== 'zeros')
    return s.refuse(t('the padding mode {0} has no counterpart here.', mode.value));
  return b.layer(
    s.scope,
    'Conv',
    [x],
    () => {
      const shape = [filters, x.type.shape[1] / group, ...kernel];
      const weights = parameters(s, shape, filters, node.attributes.bias === true);
      return b.op('Conv', [x, ...weights], {
        strides: numbers(s, 'stride'),
        pads: padsOf(s, x.type.shape.slice(2)),
        dilations: numbers(s, 'dilation'),
        group,
      });
    },
    s.name,
  );
}

/** On rows a dense layer; on images a 1x1 convolution (Keras) or rows put one under the other (PyTorch). */
export function dense(s: Spelling): Value {
  const { b, node, inputs } = s;
  const [x] = inputs;
  const hasBias = node.weights.some((weight) => weight.role === 'bias');
  const isImage = s.isChannelsLast && x.type.shape.length === 4;
  const units = isImage ? s.shape[1] : s.shape[s.shape.length - 1];
  const features = isImage ? x.type.shape[1] : x.type.shape[x.type.shape.length - 1];
  return b.layer(
    s.scope,
    isImage ? 'Conv' : 'Gemm',
    [x],
    () => {
      const weights = parameters(s, isImage ? [units, features, 1, 1] : [units, features], units, hasBias);
      if (isImage) return b.op('Conv', [x, ...weights]);
      if (x.type.shape.length === 2) return b.op('Gemm', [x, ...weights], { transB: true });
      const count = x.type.shape.slice(0, -1).reduce((p, n) => p * n, 1);
      const rows = b.op('Reshape', [x], { shape: [count, features] });
      return b.op('Reshape', [b.op('Gemm', [rows, ...weights], { transB: true })], { shape: [...s.shape] });
    },
    s.name,
  );
}

export function batchNorm(s: Spelling): Value {
  const { b, node, inputs, shared } = s;
  const [x] = inputs;
  const { epsilon, momentum } = node.attributes;
  const rank = x.type.shape.length;
  const axis = node.attributes.axis;
  const at = typeof axis === 'number' ? (axis < 0 ? axis + rank : axis) : 1;
  const isChannels = s.isChannelsLast && rank === 4 ? at === 3 : at === 1;
  if (!isChannels || (rank !== 2 && rank !== 4)) return s.refuse(t('it does not normalise channels.'));
  if (typeof epsilon !== 'number') return s.refuse(t('its epsilon is not known.'));
  // PyTorch's momentum is the share of the new statistics, Keras' that of the old ones.
  const share = typeof momentum === 'number' ? momentum : node.framework === 'pytorch' ? 0.1 : 0.99;
  const kept = node.framework === 'pytorch' ? 1 - share : share;
  return b.layer(
    s.scope,
    'BatchNormalization',
    [x],
    () => {
      const type = float32(x.type.shape[1]);
      const has = (role: string) => node.weights.some((weight) => weight.role === role);
      const known = node.instance && shared.get(node.instance);
      const fill = (value: number) => b.constant(type, new Array<number>(type.shape[0]).fill(value));
      const [scale, shift, mean, variance] = known ?? [
        has('scale') ? b.parameter('weight', type, 'scale', { kind: 'ones' }).value : fill(1),
        has('shift') ? b.parameter('bias', type, 'shift', { kind: 'zeros' }).value : fill(0),
        b.parameter('running_mean', type, 'runningMean', { kind: 'zeros' }).value,
        b.parameter('running_var', type, 'runningVariance', { kind: 'ones' }).value,
      ];
      if (node.instance) shared.set(node.instance, [scale, shift, mean, variance]);
      return b.mode === 'training'
        ? b.op('BatchNormalizationTraining', [x, scale, shift], { epsilon, momentum: kept })
        : b.op('BatchNormalization', [x, scale, shift, mean, variance], { epsilon });
    },
    s.name,
  );
}

export function groupNorm(s: Spelling): Value {
  const { b, node, inputs } = s;
  const [x] = inputs;
  const { groups, epsilon } = node.attributes;
  if (typeof groups !== 'number' || typeof epsilon !== 'number')
    return s.refuse(t('its groups are not known.'));
  if (!node.weights.some((weight) => weight.role === 'scale'))
    return s.refuse(t('a norm without weights has no counterpart here.'));
  return b.layer(
    s.scope,
    'GroupNormalization',
    [x],
    () => {
      const type = float32(x.type.shape[1]);
      const scale = b.parameter('weight', type, 'scale', { kind: 'ones' }).value;
      const shift = b.parameter('bias', type, 'shift', { kind: 'zeros' }).value;
      return b.op('GroupNormalization', [x, scale, shift], { num_groups: groups, epsilon });
    },
    s.name,
  );
}
