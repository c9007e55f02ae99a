/**
 * Normalisation: batch norm over channels, and everything that is a group norm underneath (layer norm is one group of
 * a row, instance norm one group a channel). Local response norm and norms of vectors are composed.
 */
import { t } from '../../base/localize';
import type { Initializer, ParameterRole, Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import { between, power } from './activations';
import {
  argumentOf,
  axisOf,
  fromSource,
  isSet,
  numberOf,
  product,
  reshaped,
  type Spelling,
  scalar,
  toSource,
} from './spelling';
import { startOf } from './starts';

/** One parameter of a norm, or a constant where the layer has none; Keras calls them gamma and beta. */
function parameter(s: Spelling, role: 'scale' | 'shift', shape: readonly number[]): Value {
  const { b, node } = s;
  const type = float32(...shape);
  const fill = role === 'scale' ? 1 : 0;
  const weight = node.weights.find((each) => each.role === role);
  if (!weight) return b.constant(type, new Array<number>(product(shape)).fill(fill));
  const usual: Initializer = { kind: fill === 1 ? 'ones' : 'zeros' };
  const start = startOf(s, weight.name, shape, { usual });
  return b.parameter(role === 'scale' ? 'weight' : 'bias', type, role, start).value;
}

function statistic(s: Spelling, role: ParameterRole & `running${string}`, size: number): Value {
  const isMean = role === 'runningMean';
  const start: Initializer = { kind: isMean ? 'zeros' : 'ones' };
  return s.b.parameter(isMean ? 'running_mean' : 'running_var', float32(size), role, start).value;
}

/** Parameters made once for a norm that is called twice. */
function once(s: Spelling, make: () => Value[]): readonly Value[] {
  const known = s.node.instance && s.shared.get(s.node.instance);
  const values = known ?? make();
  if (s.node.instance) s.shared.set(s.node.instance, values);
  return values;
}

export function batchNorm(s: Spelling): Value {
  const { b, node } = s;
  const x = s.input(0);
  const { epsilon, momentum } = node.attributes;
  const rank = x.type.shape.length;
  const channels = axisOf(s, node.attributes.axis ?? 1, rank);
  // Rows of features [N, L, C] are rows put one under the other; [N, C, L] is an image of one line.
  const isRows = rank === 3 && channels === 2;
  if (rank > 4 || (channels !== 1 && !isRows)) return s.refuse(t('it does not normalise channels.'));
  if (node.inputs.length > 1) return s.refuse(t('it takes statistics of its own.'));
  if (node.training === false && b.mode === 'training')
    return s.refuse(t('it is called with training=False, and statistics are always trained here.'));
  if (typeof epsilon !== 'number') return s.refuse(t('its epsilon is not known.'));
  if (!node.weights.some((weight) => weight.role === 'runningMean'))
    return s.refuse(t('it keeps no running statistics, which evaluation needs here.'));
  if (node.instance && s.shared.has(node.instance))
    return s.refuse(t('it is called twice, and its statistics are followed once.'));
  if (argumentOf(s, 'momentum')?.kind === 'none')
    return s.refuse(t('statistics averaged over all steps have no counterpart here.'));
  // PyTorch's momentum is the share of the new statistics, Keras' that of the old ones.
  const share = typeof momentum === 'number' ? momentum : node.framework === 'pytorch' ? 0.1 : 0.99;
  const kept = node.framework === 'pytorch' ? 1 - share : share;
  return b.layer(
    s.scope,
    'BatchNormalization',
    [x],
    () => {
      const { shape } = x.type;
      const size = shape[channels];
      const [scale, shift, mean, variance] = once(s, () => [
        parameter(s, 'scale', [size]),
        parameter(s, 'shift', [size]),
        statistic(s, 'runningMean', size),
        statistic(s, 'runningVariance', size),
      ]);
      const flat = reshaped(
        s,
        x,
        isRows ? [shape[0] * shape[1], size] : rank === 3 ? [shape[0], size, 1, shape[2]] : shape,
      );
      const y =
        b.mode === 'training'
          ? b.op('BatchNormalizationTraining', [flat, scale, shift], { epsilon, momentum: kept })
          : b.op('BatchNormalization', [flat, scale, shift, mean, variance], { epsilon });
      return reshaped(s, y, shape);
    },
    s.name,
  );
}

/** Groups of channels; `instanceNorm` is a group a channel. */
export function groupNorm(s: Spelling): Value {
  const { b, node } = s;
  const x = s.input(0);
  const { epsilon } = node.attributes;
  const { shape } = x.type;
  if (shape.length < 3 && node.op === 'instanceNorm') return s.refuse(t('it does not normalise channels.'));
  if (s.isChannelsLast && shape.length === 3)
    return s.refuse(t('groups of features in a row have no counterpart here.'));
  const given = node.op === 'instanceNorm' ? shape[1] : numberOf(s, 'groups');
  if (given === undefined || typeof epsilon !== 'number') return s.refuse(t('its groups are not known.'));
  if (isSet(s, 'track_running_stats'))
    return s.refuse(t('running statistics of single images have no counterpart here.'));
  const groups = given === -1 ? shape[1] : given;
  return b.layer(
    s.scope,
    'GroupNormalization',
    [x],
    () => {
      const type = [shape[1]];
      const [scale, shift] = once(s, () => [parameter(s, 'scale', type), parameter(s, 'shift', type)]);
      return b.op('GroupNormalization', [x, scale, shift], { num_groups: groups, epsilon });
    },
    s.name,
  );
}

/** The last axes of a row as one group (Ba et al. 2016), in the order in which the source counts. */
export function layerNorm(s: Spelling): Value {
  const { b, node } = s;
  const x = s.input(0);
  const { epsilon, axes } = node.attributes;
  if (typeof epsilon !== 'number' || typeof axes !== 'number')
    return s.refuse(t('what it normalises over is not known.'));
  return b.layer(
    s.scope,
    'LayerNormalization',
    [x],
    () => {
      const turned = toSource(s, x);
      const { shape } = turned.type;
      const normal = shape.slice(shape.length - axes);
      const size = product(normal);
      const isGiven = node.op === 'layerNorm' && node.weights.length === 0 && node.inputs.length > 1;
      const [scale, shift] = isGiven
        ? givenPair(s, normal)
        : once(s, () => [parameter(s, 'scale', normal), parameter(s, 'shift', normal)]);
      const rows = reshaped(s, turned, [product(shape) / size, size]);
      const flat = [scale, shift].map((v) => reshaped(s, v, [size]));
      const y = b.op('GroupNormalization', [rows, ...flat], { num_groups: 1, epsilon });
      return fromSource(s, reshaped(s, y, shape));
    },
    s.name,
  );
}

/** Weights that come as tensors (F.layer_norm); without a shift zeros stand in. */
function givenPair(s: Spelling, shape: readonly number[]): Value[] {
  const zeros = s.b.constant(float32(...shape), new Array<number>(product(shape)).fill(0));
  return [s.input(1), s.node.inputs.length > 2 ? s.input(2) : zeros];
}

/** x / (k + alpha / size sum of squares of the channels around)^beta (Krizhevsky et al. 2012, section 3.3). */
export function localResponseNorm(s: Spelling): Value {
  const { b } = s;
  const x = s.input(0);
  const [size, alpha, beta, k] = ['size', 'alpha', 'beta', 'k'].map((name) => numberOf(s, name));
  const channels = x.type.shape[1];
  if (size === undefined || alpha === undefined || beta === undefined || k === undefined)
    return s.refuse(t('its numbers are not known.'));
  if (x.type.shape.length !== 4) return s.refuse(t('only images are normalised so here.'));
  return b.layer(
    s.scope,
    'LRN',
    [x],
    () => {
      const before = Math.floor(size / 2);
      const band = Array.from({ length: channels * channels }, (_, i) => {
        const distance = (i % channels) - Math.floor(i / channels);
        return distance >= -before && distance < size - before ? alpha / size : 0;
      });
      const around = b.op('Conv', [b.op('Mul', [x, x]), b.constant(float32(channels, channels, 1, 1), band)]);
      const base = b.op('Add', [around, scalar(s, k)]);
      return b.op('Div', [x, power(s, base, beta)]);
    },
    '',
  );
}

/** x divided by its Euclidean norm along an axis, which is never taken for less than epsilon. */
export function normalize(s: Spelling): Value {
  const { b } = s;
  const x = s.input(0);
  const isTorch = s.node.framework === 'pytorch';
  if ((numberOf(s, 'p') ?? 2) !== 2 || s.node.attributes.extra === true)
    return s.refuse(t('only the Euclidean norm is built here.'));
  const axis = axisOf(s, numberOf(s, 'dim', 'axis') ?? (isTorch ? 1 : -1), x.type.shape.length);
  const least = isTorch ? (numberOf(s, 'eps') ?? 1e-12) ** 2 : 1e-12;
  return b.layer(
    s.scope,
    'LpNormalization',
    [x],
    () => {
      const squares = b.op('ReduceSum', [b.op('Mul', [x, x])], { axes: [axis], keepdims: true });
      return b.op('Div', [x, b.op('Sqrt', [between(s, squares, least, undefined)])]);
    },
    '',
  );
}
