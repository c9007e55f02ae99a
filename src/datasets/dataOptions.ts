/** The options of data sets, declared like every other setting; the trainer reads what people typed against them. */
import { amount, choice, integer, type OptionValue, readOptions, toggle } from '../base/options';
import type { DataOptions } from './dataset';

export const dataOptionSpecs = {
  subset: integer(0, 0, 100_000_000, 'Training images to keep, classes evenly; 0 keeps all.'),
  validationSubset: integer(0, 0, 100_000_000, 'Validation images to keep; 0 keeps all.'),
  resize: integer(0, 0, 1024, 'Height and width to resample to, in pixels; 0 keeps the data as it is.'),
  validationShare: amount(0.2, 0.01, 0.9, 'Share set aside where a data set has no validation part.'),
  skipBroken: toggle(false, 'Leave out images that cannot be decoded instead of failing.'),
  augmentation: choice(
    'auto',
    ['auto', 'none', 'crop', 'flip', 'cropFlip'],
    'How training images are varied: as the data set proposes (a digit is never mirrored), or as stated. Has no effect where augmenting is switched off.',
  ),
};

/** Throws the sentence that names an unknown option or a value out of range. */
export function readDataOptions(
  given: Readonly<Record<string, OptionValue>>,
): Omit<DataOptions, 'seed' | 'signal' | 'onProgress'> {
  const { subset, validationSubset, resize, validationShare, skipBroken } = readOptions(
    'data',
    dataOptionSpecs,
    given,
  );
  return {
    subset: subset || undefined,
    validationSubset: validationSubset || undefined,
    resize: resize ? [resize, resize] : undefined,
    validationShare,
    skipBroken,
  };
}
