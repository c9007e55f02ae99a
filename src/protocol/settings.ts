/**
 * The settings of a run, declared once: the command line's flags, the `*.skiplens.json` schema, the picker and the
 * run record are all read off this table. A run's settings reproduce the run.
 */
import {
  amount,
  choice,
  integer,
  type OptionsOf,
  type OptionValue,
  readOptions,
  toggle,
} from '../base/options';
import { losses } from '../losses';
import { regularizationOptions } from '../losses/regularization';
import { optimizerIds, optimizers } from '../optimizers';
import type { Optimizer } from '../optimizers/optimizer';
import { scheduleIds, schedules } from '../schedules';
import type { Schedule } from '../schedules/schedule';

export const settingSpecs = {
  steps: integer(200, 1, 10_000_000, 'Optimizer steps.'),
  epochs: amount(
    0,
    0,
    1_000_000,
    'Passes over the training images; where it is not 0 it decides the number of steps.',
  ),
  batchSize: integer(64, 1, 4096, 'Images a step.'),
  learningRate: amount(0.1, 0, 100, 'Base learning rate.'),
  warmUpSteps: integer(20, 0, 1_000_000, 'Steps of linear warm-up before the schedule has its way.'),
  schedule: choice('constant', scheduleIds, 'How the learning rate changes over the run.'),
  optimizer: choice('momentum', optimizerIds, 'How weights follow their gradients.'),
  labelSmoothing: losses['cross-entropy'].options.labelSmoothing,
  ...regularizationOptions,
  seed: integer(1, 0, 0xffffffff, 'Seed of the initial weights, the order of the data and the augmentation.'),
  seeds: integer(
    1,
    1,
    16,
    'How many times each network is trained, from seed, seed + 1, ..., on the same images; several show how far the numbers spread.',
  ),
  augment: toggle(true, 'Vary the training images as the data set proposes (pad, crop, flip).'),
  evaluateEvery: integer(100, 0, 1_000_000, 'Steps between evaluations; 0 evaluates only at the end.'),
  evaluationImages: integer(1000, 1, 1_000_000, 'Validation images that an evaluation uses at most.'),
  checkpointEvery: integer(
    100,
    1,
    1_000_000,
    'Steps between checkpoints. The clock saves as well: after a second, then every 15 seconds or more.',
  ),
  threads: integer(0, 0, 256, 'Threads for training; 0 is all cores but one.'),
};

export type TrainingSettings = OptionsOf<typeof settingSpecs>;

/** A network as a person chose it: a preset's name (or `FILE#MODEL`), its options, perhaps an input shape. */
export interface NetworkSettings {
  readonly network: string;
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** C, H, W; for a source file in its framework's order. */
  readonly input?: readonly [number, number, number];
  /** The plain twin of what `network` names. */
  readonly plain?: boolean;
  /** A safetensors file to start from, every parameter by its name; drawn from the seed where absent. */
  readonly weights?: string;
}

/** All that a run is made of. */
export interface RunSettings extends TrainingSettings {
  /** The first network decides classes and input where the data does not. */
  readonly networks: readonly NetworkSettings[];
  /** `drawn`, `cifar10:FOLDER`, ... */
  readonly data: string;
  /** Options of the data set: subset, resize, ... */
  readonly dataOptions?: Readonly<Record<string, OptionValue>>;
  /** A device's id, or `auto`. */
  readonly device: string;
  readonly optimizerOptions?: Readonly<Record<string, OptionValue>>;
  readonly scheduleOptions?: Readonly<Record<string, OptionValue>>;
}

/** The seeds that every network of a run is trained from; a record from before there were several has one. */
export function seedsOf({ seed, seeds }: { readonly seed: number; readonly seeds?: number }): number[] {
  return Array.from({ length: seeds ?? 1 }, (_, k) => (seed + k) % 0x1_0000_0000);
}

/** Fills in defaults; throws the sentence that names the setting, the value and what it takes. */
export function readSettings(given: Readonly<Record<string, OptionValue>>): TrainingSettings {
  return readOptions('training', settingSpecs, given);
}

type Given = Readonly<Record<string, OptionValue>>;

/** The options of the chosen optimizer and schedule, defaults filled in; throws where one does not exist. */
export function readNestedOptions(
  { optimizer, schedule }: Pick<TrainingSettings, 'optimizer' | 'schedule'>,
  given: { readonly optimizerOptions?: Given; readonly scheduleOptions?: Given },
): { optimizerOptions: Given; scheduleOptions: Given } {
  const { title, options }: Optimizer = optimizers[optimizer];
  const { title: scheduleTitle, options: scheduleOptions }: Schedule = schedules[schedule];
  return {
    optimizerOptions: readOptions(title, options, given.optimizerOptions ?? {}) as Given,
    scheduleOptions: readOptions(scheduleTitle, scheduleOptions, given.scheduleOptions ?? {}) as Given,
  };
}
