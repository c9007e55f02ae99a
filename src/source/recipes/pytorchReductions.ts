/** Functions of torch over axes: means, sums, spreads, norms, and the largest or smallest with its place. */
import type { OpResult } from '../values/trace';
import { type TensorValue, tuple } from '../values/values';
import { emitOne, notATensor, pairwiseOf, type Row, tensorArg, unary } from './pytorchCalls';
import { reduceRule } from './pytorchRules';

export function reduction(op: string): Row {
  return unary('input, dim=None, keepdim=False, dtype=None', (x, args) =>
    reduceRule(x, op, args.get('dim'), args.flag('keepdim')),
  );
}

/** Variance and standard deviation: of a sample, unless `unbiased` or `correction` say otherwise. */
export function spread(op: string): Row {
  return unary('input, dim=None, unbiased=None, keepdim=False, correction=1', (x, args) => {
    const result = reduceRule(x, op, args.get('dim'), args.flag('keepdim'));
    const unbiased = args.get('unbiased');
    const correction =
      unbiased.kind === 'none'
        ? args.number('correction')
        : unbiased.kind === 'boolean' && Number(unbiased.value);
    const isKnown = typeof correction === 'number';
    return {
      ...result,
      attributes: { ...result.attributes, ...(isKnown ? { correction } : { extra: true }) },
    };
  });
}

/** A norm over axes; Frobenius' is Euclid's. */
export const normOver: Row = unary('input, p=2, dim=None, keepdim=False', (x, args) => {
  const result = reduceRule(x, 'norm', args.get('dim'), args.flag('keepdim'));
  const p = args.text('p') === 'fro' ? 2 : args.number('p');
  return { ...result, attributes: { ...result.attributes, p: p ?? Number.NaN } };
});

/** max and min: one tensor over all, or values and indices along an axis, or pairwise. */
export function extreme(op: string): Row {
  return {
    signature: 'input, dim=None, keepdim=False',
    call: (c) => {
      const input = tensorArg(c, 'input');
      if (!input) return notATensor(c);
      if (c.args.get('dim').kind === 'tensor') return pairwiseOf(c, op, input, c.args.get('dim'));
      const rule = ([x]: readonly TensorValue[]): OpResult =>
        reduceRule(x, op, c.args.get('dim'), c.args.flag('keepdim'));
      const values = emitOne(c, [input], rule);
      return c.args.has('dim') ? tuple([values, emitOne(c, [input], rule)]) : values;
    },
  };
}
