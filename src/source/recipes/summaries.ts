/** `summary(model, (3, 32, 32))` and its kin: they name an input size, and that is all they are read for. */
import { native } from '../interpreter/methods';
import { type Dims, symbol } from '../values/dims';
import { NONE, type Value } from '../values/values';
import { dimOf } from './recipe';

export function summaryMember(name: string): Value | undefined {
  if (!['summary', 'torchsummary', 'profile', 'get_model_complexity_info'].includes(name)) return undefined;
  return native(name, ({ machine, call, site }) => {
    const model = call.positional[0]?.value ?? call.keywords.get('model')?.value;
    const given =
      call.positional[1]?.value ??
      call.keywords.get('input_size')?.value ??
      call.keywords.get('inputs')?.value;
    if (model && given) {
      const shapes = shapesIn(given);
      if (shapes.length > 0) machine.namedInputs.push({ model, shapes, site: machine.place(site) });
    }
    return name === 'profile' ? { kind: 'tuple', items: [NONE, NONE] } : NONE;
  });
}

/** One size, several sizes, or example tensors. A size of four or two numbers has its batch in front. */
function shapesIn(value: Value): Dims[] {
  if (value.kind === 'tensor') return value.shape ? [value.shape] : [];
  if (value.kind !== 'tuple' && value.kind !== 'list') return [];
  if (value.items.every((item) => item.kind === 'int' || item.kind === 'unknown')) {
    const dims = value.items.map((item) => dimOf(item, 'input_size'));
    return [dims.length === 4 || dims.length === 2 ? dims : [symbol('N'), ...dims]];
  }
  return value.items.flatMap(shapesIn);
}
