/**
 * What an optimizer is: from packed parameters, their gradient and its own packed slots to the next parameters
 * and slots, written in operators. All vectors are [P], so an update is a handful of nodes for any network.
 */
import type { OptionSpecs, OptionsOf } from '../base/options';
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';

export interface UpdateInputs {
  readonly parameters: Value;
  /** d loss / d parameters, unscaled. */
  readonly gradient: Value;
  /** A scalar. */
  readonly learningRate: Value;
  /** Number of this step, from 1: a scalar (float32), for corrections of bias. */
  readonly step: Value;
  readonly slots: Readonly<Record<string, Value>>;
}

export interface OptimizerSpec<S extends OptionSpecs, K extends string> {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  readonly options: S;
  /** Names of the states that it keeps, one packed vector each, zero at the start. */
  slots(options: OptionsOf<S>): readonly K[];
  build(
    b: Builder,
    inputs: UpdateInputs,
    options: OptionsOf<S>,
  ): { parameters: Value; slots: Record<K, Value> };
}

/** An optimizer whose options' types have been checked where it was written. */
export interface Optimizer extends Omit<OptimizerSpec<OptionSpecs, string>, 'slots' | 'build'> {
  slots(options: Readonly<Record<string, unknown>>): readonly string[];
  build(
    b: Builder,
    inputs: UpdateInputs,
    options: Readonly<Record<string, unknown>>,
  ): { parameters: Value; slots: Record<string, Value> };
}

export function defineOptimizer<S extends OptionSpecs, K extends string>(
  spec: OptimizerSpec<S, K>,
): Optimizer {
  return spec as unknown as Optimizer;
}

/** `a + factor b` for a constant factor, with the product left out where the factor is 0 or 1. */
export function addScaled(b: Builder, a: Value, factor: number, x: Value): Value {
  if (factor === 0) return a;
  const scaled = factor === 1 ? x : b.op('Mul', [x, b.constant({ dtype: 'float32', shape: [] }, [factor])]);
  return b.op('Add', [a, scaled]);
}

/** share a + (1 - share) x: a moving average that keeps `share` of the old. */
export function mixed(b: Builder, share: number, a: Value, x: Value): Value {
  const scalar = (value: number) => b.constant({ dtype: 'float32', shape: [] }, [value]);
  return b.op('Add', [b.op('Mul', [a, scalar(share)]), b.op('Mul', [x, scalar(1 - share)])]);
}
