/** `arange` of PyTorch, TensorFlow and Keras: a tensor as long as its range, whose numbers are not followed. */
import { t } from '../../base/localize';
import { native } from '../interpreter/methods';
import { type Dim, isKnown, subtract } from '../values/dims';
import { unknown, type Value } from '../values/values';
import type { Framework, NativeContext } from './recipe';

function argument(c: NativeContext, at: number, ...names: readonly string[]): Dim | undefined {
  const value =
    c.call.positional[at]?.value ?? names.map((name) => c.call.keywords.get(name)?.value).find(Boolean);
  return value?.kind === 'int' ? value.value : undefined;
}

function countOf(c: NativeContext): Dim | undefined {
  const given =
    c.call.positional.length + (c.call.keywords.has('end') || c.call.keywords.has('stop') ? 1 : 0);
  const hasStart = given > 1 || c.call.keywords.has('start');
  const start = hasStart ? argument(c, 0, 'start') : 0;
  const end = hasStart ? argument(c, 1, 'end', 'stop', 'limit') : argument(c, 0, 'end', 'stop', 'limit');
  const hasStep = c.call.positional.length > 2 || c.call.keywords.has('step') || c.call.keywords.has('delta');
  const step = hasStep ? argument(c, 2, 'step', 'delta') : 1;
  if (start === undefined || end === undefined || step === undefined) return undefined;
  const length = subtract(end, start);
  if (step === 1) return length;
  return isKnown(length) && isKnown(step) && step !== 0 ? Math.max(0, Math.ceil(length / step)) : undefined;
}

/** The function under a framework's name for it. */
export function rangeFunction(name: string, framework: Framework): Value {
  return native(name, (c) => {
    const count = countOf(c);
    if (count === undefined) return unknown(t('The range is not known.'));
    return { ...c.machine.tensor([count], 'constant', framework), dtype: 'int' };
  });
}
