/**
 * How the weights of a source model start: as the file says where it says it (nn.init, a Keras initializer), else as
 * the framework's layer draws them. A start that cannot be drawn here refuses the model: its first gradients would
 * be those of another one.
 */
import { t } from '../../base/localize';
import type { Initializer } from '../../ir/graph';
import { type Initialization, initializations, initializerFor } from '../../layers/initializers';
import type { Value as SourceValue, Start } from '../values/values';
import { argumentOf, type Spelling } from './spelling';

/** What Keras calls He's and LeCun's starts is drawn from a normal cut at two standard deviations. */
const TRUNCATED = new Set(['he-normal', 'glorot-normal', 'lecun-normal']);

/** The start of one weight of a layer; `fans` where the framework counts them otherwise than the shape says. */
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
  return named(s, given, shape, usual);
}

/** A Keras initializer by its word; fans are those of the usual start where that has some. */
function named(s: Spelling, given: SourceValue, shape: readonly number[], usual: Initializer): Initializer {
  if (given.kind === 'start') return drawn(given.start, shape, (reason) => s.refuse(reason));
  if (given.kind !== 'string') return s.refuse(t('it is not known how its weights start.'));
  const word = given.value
    .replace(/_?([A-Z])/g, '-$1')
    .toLowerCase()
    .replace(/^-/, '')
    .replaceAll('_', '-');
  if (word === 'zeros' || word === 'ones') return { kind: word };
  const known = initializations.find((each) => each === word);
  if (!known) return s.refuse(t('weights that start by {0} have no counterpart here.', given.value));
  if (known === 'glorot-uniform' && usual.kind === 'scaled') return usual;
  return truncated(known, shape);
}

function truncated(word: Initialization, shape: readonly number[]): Initializer {
  const start = initializerFor(word, shape);
  return TRUNCATED.has(word) && start.kind === 'scaled'
    ? { ...start, distribution: 'truncatedNormal' }
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
    case 'unknown':
      return refuse(start.reason);
  }
}
