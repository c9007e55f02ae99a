/**
 * Options as data: networks, optimizers, schedules and settings declare theirs once, and everything else (parsing
 * `--option name=value`, the settings schema, pickers, documentation) is read off the declaration.
 */
import { SkiplensError } from './errors';
import { t } from './localize';

export type OptionValue = number | string | boolean;

export type OptionSpec =
  | {
      readonly kind: 'integer';
      readonly default: number;
      readonly min: number;
      readonly max: number;
      readonly summary: string;
    }
  | {
      readonly kind: 'number';
      readonly default: number;
      readonly min: number;
      readonly max: number;
      readonly summary: string;
    }
  | {
      readonly kind: 'choice';
      readonly default: string;
      readonly values: readonly string[];
      readonly summary: string;
    }
  | { readonly kind: 'flag'; readonly default: boolean; readonly summary: string };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The values of a table of options: choices are strings, counts and amounts numbers, flags booleans. */
export type OptionsOf<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K] extends { kind: 'choice'; values: readonly (infer V)[] }
    ? V
    : S[K] extends { kind: 'flag' }
      ? boolean
      : number;
};

export const integer = (value: number, min: number, max: number, summary: string) =>
  ({ kind: 'integer', default: value, min, max, summary }) as const;
export const amount = (value: number, min: number, max: number, summary: string) =>
  ({ kind: 'number', default: value, min, max, summary }) as const;
export const choice = <const V extends readonly string[]>(value: V[number], values: V, summary: string) =>
  ({ kind: 'choice', default: value, values, summary }) as const;
export const toggle = (value: boolean, summary: string) =>
  ({ kind: 'flag', default: value, summary }) as const;

/**
 * Reads given values (texts or values) against a table; what is not given takes its preset, then its default.
 * `owner` names whose options they are in an error sentence.
 */
export function readOptions<S extends OptionSpecs>(
  owner: string,
  specs: S,
  given: Readonly<Record<string, OptionValue>>,
  presets: Readonly<Record<string, OptionValue>> = {},
): OptionsOf<S> {
  const result: Record<string, OptionValue> = {};
  for (const [name, spec] of Object.entries(specs)) result[name] = presets[name] ?? spec.default;
  for (const [name, value] of Object.entries(given)) {
    const spec = specs[name];
    if (!spec) throw unknownOption(owner, name, Object.keys(specs));
    result[name] = readOption(owner, name, spec, value);
  }
  return result as OptionsOf<S>;
}

export function readOption(owner: string, name: string, spec: OptionSpec, value: OptionValue): OptionValue {
  const wrong = (expected: string) =>
    new SkiplensError(
      'option/value',
      t('The option {0} of {1} cannot be "{2}": it takes {3}.', name, owner, String(value), expected),
    );
  switch (spec.kind) {
    case 'choice':
      if (!spec.values.includes(String(value))) throw wrong(t('one of {0}', spec.values.join(', ')));
      return String(value);
    case 'flag':
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      throw wrong(t('true or false'));
    default: {
      const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
      const fits = number >= spec.min && number <= spec.max;
      if (spec.kind === 'integer') {
        if (!fits || !Number.isInteger(number))
          throw wrong(t('a whole number from {0} to {1}', spec.min, spec.max));
      } else if (!fits) throw wrong(t('a number from {0} to {1}', spec.min, spec.max));
      return number;
    }
  }
}

export function unknownOption(owner: string, name: string, known: readonly string[]): SkiplensError {
  return new SkiplensError(
    'option/unknown',
    known.length === 0
      ? t('{0} has no option {1}; it has none at all.', owner, name)
      : t('{0} has no option {1}. Its options are {2}.', owner, name, known.join(', ')),
  );
}
