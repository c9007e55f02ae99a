/**
 * Weights from elsewhere (a safetensors file, a checkpoint) fitted to a network by name and shape. Nothing is half
 * loaded: whatever is missing, strange or of another shape is named, and then nothing is taken.
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import type { Parameter } from '../ir/graph';
import { formatShape, type Shape, sameShape } from '../ir/tensorType';

export interface GivenTensor {
  readonly shape: Shape;
  readonly data: ArrayLike<number> | BigInt64Array;
}

export interface WeightMismatch {
  readonly kind: 'missing' | 'strange' | 'shape' | 'type';
  readonly name: string;
  readonly wanted?: Shape;
  readonly given?: Shape;
}

/** Where given tensors do not fit the parameters; running statistics may be absent where `statistics` says so. */
export function weightMismatches(
  parameters: readonly Parameter[],
  tensors: ReadonlyMap<string, GivenTensor>,
  { statistics = 'required' }: { statistics?: 'required' | 'optional' } = {},
): WeightMismatch[] {
  const wrong: WeightMismatch[] = [];
  for (const { value, trainable } of parameters) {
    const { name } = value;
    const wanted = value.type.shape;
    const tensor = tensors.get(name);
    if (!tensor) {
      if (trainable || statistics === 'required') wrong.push({ kind: 'missing', name, wanted });
    } else if (!sameShape(tensor.shape, wanted))
      wrong.push({ kind: 'shape', name, wanted, given: tensor.shape });
    else if (tensor.data instanceof BigInt64Array)
      wrong.push({ kind: 'type', name, wanted, given: tensor.shape });
  }
  const known = new Set(parameters.map((p) => p.value.name));
  // PyTorch counts the batches of every batch norm; nobody here needs to know.
  for (const [name, { shape }] of tensors)
    if (!known.has(name) && !name.endsWith('num_batches_tracked'))
      wrong.push({ kind: 'strange', name, given: shape });
  return wrong;
}

/** One clause a mismatch, for a list in a sentence. */
export function describeMismatch({ kind, name, wanted = [], given = [] }: WeightMismatch): string {
  switch (kind) {
    case 'missing':
      return t('{0} ({1}) is missing', name, formatShape(wanted));
    case 'shape':
      return t('{0} is {1}, not {2}', name, formatShape(given), formatShape(wanted));
    case 'type':
      return t('{0} holds whole numbers', name);
    case 'strange':
      return t('{0} ({1}) is not a parameter of it', name, formatShape(given));
  }
}

/** Every given parameter's numbers by name; fails with `weights/mismatch` and the first eight reasons. */
export function fitWeights(
  title: string,
  source: string,
  parameters: readonly Parameter[],
  tensors: ReadonlyMap<string, GivenTensor>,
  options: { statistics?: 'required' | 'optional' } = {},
): Map<string, Float32Array> {
  const wrong = weightMismatches(parameters, tensors, options);
  if (wrong.length > 0) {
    const shown = wrong.slice(0, 8).map(describeMismatch).join('; ');
    throw new SkiplensError(
      'weights/mismatch',
      wrong.length > 8
        ? t('{0} does not fit {1}: {2}; and {3} more.', source, title, shown, wrong.length - 8)
        : t('{0} does not fit {1}: {2}.', source, title, shown),
    );
  }
  const fitted = new Map<string, Float32Array>();
  for (const { value } of parameters) {
    const tensor = tensors.get(value.name);
    if (tensor) fitted.set(value.name, Float32Array.from(tensor.data as ArrayLike<number>));
  }
  return fitted;
}
