/**
 * How the weights of a source model start: as the file says where it says it (nn.init, a Keras initializer), else as
 * the framework's layer draws them. A start that cannot be drawn here refuses the model: its first gradients would
 * be those of another one.
 */
import { t } from '../../base/localize';
import type { Initializer } from '../../ir/graph';
import { startOfWeight } from '../recipes/kerasInitializers';
import type { Start } from '../values/values';
import { argumentOf, type Spelling } from './spelling';

/** The start of one weight of a layer; `shape` has the fans that the framework counts. */
export function startOf(
  s: Spelling,
  name: string,
  shape: readonly number[],
  { argument = `${name}_initializer`, usual }: { argument?: string; usual: Initializer },
): Initializer {
  const weight = s.node.weights.find((each) => each.name === name);
  if (weight?.start) return drawn(weight.start, shape, (reason) => s.refuse(reason));
  if (s.node.framework === 'pytorch') return usual;
  const given = argumentOf(s, argument);
  if (!given || given.kind === 'none') return usual;
  const start = startOfWeight(given);
  return drawn(s.node.framework === 'tfjs' ? uncorrected(start) : start, shape, (reason) => s.refuse(reason));
}

/** TensorFlow.js cuts its normal starts at two deviations and does not make up for what is lost by that. */
function uncorrected(start: Start): Start {
  return start.kind === 'scaled' && start.distribution === 'truncatedNormal'
    ? { ...start, gain: start.gain * 0.87962566103423978 }
    : start;
}

/** What a start of the file means for a weight [out, in, ...]; `refuse` where the IR cannot draw it. */
export function drawn(
  start: Start,
  shape: readonly number[],
  refuse: (reason: string) => never,
): Initializer {
  switch (start.kind) {
    case 'constant':
      return start.value === 0
        ? { kind: 'zeros' }
        : start.value === 1
          ? { kind: 'ones' }
          : { kind: 'constant', value: start.value };
    case 'normal':
      if (start.mean !== 0)
        return refuse(t('weights that start around {0} have no counterpart here.', start.mean));
      if (start.std === 0) return { kind: 'zeros' };
      return {
        kind: 'scaled',
        distribution: start.isTruncated ? 'truncatedNormal' : 'normal',
        gain: start.std,
        fan: 1,
      };
    case 'uniform': {
      const middle = (start.low + start.high) / 2;
      if (middle !== 0) return refuse(t('weights that start around {0} have no counterpart here.', middle));
      return { kind: 'scaled', distribution: 'uniform', gain: start.high / Math.sqrt(3), fan: 1 };
    }
    case 'scaled': {
      if (shape.length < 2) return refuse(t('it is not known how its weights start.'));
      const [out, inner, ...kernel] = shape;
      const area = kernel.reduce((a, b) => a * b, 1);
      const fans = { in: inner * area, out: out * area, mean: ((inner + out) * area) / 2 };
      return { kind: 'scaled', distribution: start.distribution, gain: start.gain, fan: fans[start.fan] };
    }
    case 'data':
      if (start.data.every((value) => value === start.data[0]))
        return drawn({ kind: 'constant', value: start.data[0] ?? 0 }, shape, refuse);
      return refuse(t('weights that start from a list of numbers have no counterpart here.'));
    case 'bernoulli':
      return refuse(t('weights that start by {0} have no counterpart here.', 'bernoulli'));
    case 'unknown':
      return refuse(start.reason);
  }
}
