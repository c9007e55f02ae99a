/**
 * What a network family is: one file says its names, options, defaults, source and how it is spelled in layers.
 * Everything else (counts, shapes, training, the plain twin) is read off the graph that it builds.
 */
import type { OptionSpecs, OptionsOf, OptionValue } from '../base/options';
import type { Builder, Mode } from '../ir/builder';
import type { Graph, Value } from '../ir/graph';
import type { ChannelOrder } from '../ir/tensorType';

export type ImageShape = readonly [channels: number, height: number, width: number];

export interface FamilySpec<S extends OptionSpecs> {
  readonly id: string;
  /** Names with `N` where a number goes, for help and completion: `resnetN (N = 6n+2)`. */
  readonly names: readonly string[];
  /** Names to offer in pickers and completions. */
  readonly examples: readonly string[];
  readonly citation: string;
  readonly options: S;
  readonly inputShape: ImageShape;
  /** Other words for its options: `width` for what a model calls `filters`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Where its framework prints channels; first where nothing is said. */
  readonly order?: ChannelOrder;
  /** Option presets of a name, or null where the name is not this family's; throws where it almost is. */
  match(name: string): Partial<Record<keyof S, OptionValue>> | null;
  title(options: OptionsOf<S>): string;
  /** From images [N, C, H, W] to logits [N, classes]. */
  build(b: Builder, x: Value, options: OptionsOf<S>): Value;
  /** The twin's name, where it is not the name with `resnet` turned into `plain`. */
  twinName?(name: string): string;
  /** The options of the plain twin; null where the network has no skips. */
  twin(options: OptionsOf<S>): Partial<Record<keyof S, OptionValue>> | null;
}

/** A family whose options' types have been checked where it was written, and are forgotten here. */
export interface Family extends Omit<FamilySpec<OptionSpecs>, 'options'> {
  readonly options: OptionSpecs;
}

export function defineFamily<S extends OptionSpecs>(spec: FamilySpec<S>): Family {
  return spec as unknown as Family;
}

/** A network that is ready to be built: a name with all of its options settled. */
export interface Network {
  /** As a person would type it. */
  readonly name: string;
  readonly title: string;
  readonly family: string;
  readonly citation: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly inputShape: ImageShape;
  /** How its framework prints shapes; all that is kept is C, H, W. */
  readonly order: ChannelOrder;
  readonly classes: number;
  /** The verified graph: input `input` [batch, C, H, W], output `logits` [batch, classes]. */
  build(batch: number, mode: Mode): Graph;
  /** The same network without its skips, or null. */
  twin(): Network | null;
}
