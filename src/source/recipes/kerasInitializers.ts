/** keras.initializers: how weights start, by the formulas of Keras' reference. */
import { t } from '../../base/localize';
import type { Start, Value } from '../values/values';
import { bind } from './args';
import { Args, type CallArgs, type NativeContext, signature } from './recipe';

type Rule = (number: (name: string) => number, args: Args) => Start;

interface Row {
  readonly signature: string;
  readonly rule: Rule;
}

const scaled =
  (distribution: 'truncatedNormal' | 'uniform', gain: number, fan: 'in' | 'out' | 'mean'): Rule =>
  () => ({ kind: 'scaled', distribution, gain, fan });

const FANS = { fan_in: 'in', fan_out: 'out', fan_avg: 'mean' } as const;

/** Drawn with the variance scale / fan, cut at two deviations where it is normal. */
const varianceScaling: Rule = (number, args) => {
  const fan = FANS[(args.text('mode') ?? '') as keyof typeof FANS];
  const distribution = args.text('distribution');
  const kind =
    distribution === 'truncated_normal' || distribution === 'normal'
      ? 'truncatedNormal'
      : distribution === 'uniform'
        ? 'uniform'
        : distribution === 'untruncated_normal'
          ? 'normal'
          : undefined;
  return fan && kind
    ? { kind: 'scaled', distribution: kind, gain: Math.sqrt(number('scale')), fan }
    : strange('VarianceScaling');
};

const ROWS: Readonly<Record<string, Row>> = {
  Zeros: { signature: '', rule: () => ({ kind: 'constant', value: 0 }) },
  Ones: { signature: '', rule: () => ({ kind: 'constant', value: 1 }) },
  Constant: { signature: 'value=0.0', rule: (number) => ({ kind: 'constant', value: number('value') }) },
  RandomNormal: {
    signature: 'mean=0.0, stddev=0.05, seed=None',
    rule: (number) => ({ kind: 'normal', mean: number('mean'), std: number('stddev') }),
  },
  // Keras draws from the cut distribution with this deviation before the cut.
  TruncatedNormal: {
    signature: 'mean=0.0, stddev=0.05, seed=None',
    rule: (number) => ({
      kind: 'normal',
      mean: number('mean'),
      std: number('stddev') * 0.87962566103423978,
      isTruncated: true,
    }),
  },
  RandomUniform: {
    signature: 'minval=-0.05, maxval=0.05, seed=None',
    rule: (number) => ({ kind: 'uniform', low: number('minval'), high: number('maxval') }),
  },
  VarianceScaling: {
    signature: 'scale=1.0, mode=fan_in, distribution=truncated_normal, seed=None',
    rule: varianceScaling,
  },
  GlorotUniform: { signature: 'seed=None', rule: scaled('uniform', 1, 'mean') },
  GlorotNormal: { signature: 'seed=None', rule: scaled('truncatedNormal', 1, 'mean') },
  HeUniform: { signature: 'seed=None', rule: scaled('uniform', Math.SQRT2, 'in') },
  HeNormal: { signature: 'seed=None', rule: scaled('truncatedNormal', Math.SQRT2, 'in') },
  LecunUniform: { signature: 'seed=None', rule: scaled('uniform', 1, 'in') },
  LecunNormal: { signature: 'seed=None', rule: scaled('truncatedNormal', 1, 'in') },
};

/** `he_normal`, `HeNormal` and `heNormal` are one. */
function rowOf(name: string): Row | undefined {
  const camel = name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  return Object.hasOwn(ROWS, camel) ? ROWS[camel] : undefined;
}

function strange(name: string): Start {
  return { kind: 'unknown', reason: t('weights that start by {0} have no counterpart here.', name) };
}

function started(name: string, row: Row | undefined, call: CallArgs): Start {
  const args = row && bind(signature(row.signature), call, name);
  if (!row || !(args instanceof Args)) return strange(name);
  const start = row.rule((key) => args.number(key) ?? Number.NaN, args);
  return Object.values(start).some((value) => Number.isNaN(value)) ? strange(name) : start;
}

/** A class or function of the module; calling it says how weights start. */
export function kerasInitializer(name: string): Value {
  return {
    kind: 'native',
    function: {
      name,
      call: ({ call }: NativeContext) => ({ kind: 'start', start: started(name, rowOf(name), call) }),
    },
  };
}

const NO_CALL: CallArgs = { positional: [], keywords: new Map() };

/** How a weight starts that is given this initializer: a word, an object, or nothing (Glorot's uniform). */
export function startOfWeight(given: Value | undefined): Start {
  if (!given || given.kind === 'none') return started('GlorotUniform', ROWS.GlorotUniform, NO_CALL);
  if (given.kind === 'start') return given.start;
  if (given.kind === 'native') return started(given.function.name, rowOf(given.function.name), NO_CALL);
  if (given.kind !== 'string')
    return { kind: 'unknown', reason: t('it is not known how its weights start.') };
  const word =
    given.value === 'normal' ? 'RandomNormal' : given.value === 'uniform' ? 'RandomUniform' : given.value;
  return started(given.value, rowOf(word), NO_CALL);
}
