/** What a loss is: a scalar from logits [N, classes] and labels [N], written in operators. */
import type { OptionSpecs, OptionsOf } from '../base/options';
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';

export interface LossSpec<S extends OptionSpecs> {
  readonly id: string;
  readonly title: string;
  readonly options: S;
  build(b: Builder, logits: Value, labels: Value, options: OptionsOf<S>): Value;
}

/** A loss whose options' types have been checked where it was written. */
export interface Loss extends Omit<LossSpec<OptionSpecs>, 'build'> {
  /** Options that are not given have their defaults. */
  build(b: Builder, logits: Value, labels: Value, options?: Readonly<Record<string, unknown>>): Value;
}

export function defineLoss<S extends OptionSpecs>(spec: LossSpec<S>): Loss {
  const defaults = Object.fromEntries(Object.entries(spec.options).map(([name, o]) => [name, o.default]));
  return {
    ...spec,
    build: (b, logits, labels, options = {}) =>
      spec.build(b, logits, labels, { ...defaults, ...options } as OptionsOf<S>),
  };
}
