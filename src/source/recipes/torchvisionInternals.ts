/**
 * Names that torchvision's own model files import from their neighbours. A copy of such a file, alone in a
 * folder, is read as if they were there.
 */
import { native } from '../interpreter/methods';
import { type ClassValue, NONE, string, type Value } from '../values/values';

const argument = (name: string, at: number): Value =>
  native(name, ({ call }) => call.positional[at]?.value ?? NONE);

function weightsClass(): ClassValue {
  const order: ClassValue[] = [];
  const value: ClassValue = {
    kind: 'class',
    name: 'WeightsEnum',
    bases: [],
    attributes: new Map([['verify', argument('verify', 0)]]),
    file: '',
    order,
    hasUnknownBase: false,
  };
  order.push(value);
  return value;
}

const MEMBERS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['WeightsEnum', weightsClass()],
  ['_log_api_usage_once', native('_log_api_usage_once', () => NONE)],
  ['_ovewrite_value_param', argument('_ovewrite_value_param', 2)],
  [
    '_ovewrite_named_param',
    native('_ovewrite_named_param', ({ call, machine }) => {
      const [options, name, value] = call.positional.map((p) => p.value);
      if (options?.kind === 'dict' && name?.kind === 'string' && value) {
        machine.journal.touchDict(options);
        options.entries.set(`s:${name.value}`, { key: string(name.value), value });
      }
      return NONE;
    }),
  ],
  [
    '_make_divisible',
    native('_make_divisible', ({ call }) => {
      const [v, divisor] = call.positional.map((p) => p.value);
      if ((v?.kind !== 'int' && v?.kind !== 'float') || divisor?.kind !== 'int') return NONE;
      if (typeof v.value !== 'number' || typeof divisor.value !== 'number') return NONE;
      const rounded = Math.max(
        divisor.value,
        Math.floor((v.value + divisor.value / 2) / divisor.value) * divisor.value,
      );
      return { kind: 'int', value: rounded < 0.9 * v.value ? rounded + divisor.value : rounded };
    }),
  ],
]);

/** A stand-in for a name whose module cannot be read, or undefined. */
export function torchvisionInternal(module: string, name: string): Value | undefined {
  return /(^|\.)(_api|_utils|utils)$/.test(module) ? MEMBERS.get(name) : undefined;
}
