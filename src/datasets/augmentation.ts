/** Which augmentation a run trains with: what its data set proposes, what its options ask for, or none. */
import type { OptionValue } from '../base/options';
import { readOptions } from '../base/options';
import { datasetOf } from '.';
import type { Augmentation } from './batches';
import { dataOptionSpecs } from './dataOptions';
import { parseDataSpec } from './dataSpec';

/** `augment` is the run's setting; without it nothing is varied, whatever the options say. */
export function augmentationOf(
  data: string,
  dataOptions: Readonly<Record<string, OptionValue>> = {},
  augment = true,
): Augmentation {
  if (!augment) return 'none';
  const { augmentation } = readOptions('data', dataOptionSpecs, dataOptions);
  return augmentation === 'auto' ? datasetOf(parseDataSpec(data)).augmentation : augmentation;
}
