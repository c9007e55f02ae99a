/** How functions of TensorFlow and Keras take their arguments: what the rows of their table are made of. */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import { iterate } from '../interpreter/sequences';
import { add, type Dim, symbol } from '../values/dims';
import type { OpResult } from '../values/trace';
import { int, list, NONE, type Start, type TensorValue, tuple, unknown, type Value } from '../values/values';
import { asTensor, elementwiseRule, flooredStart } from './arithmetic';
import { kerasLayers } from './keras';
import { tensorsIn } from './kerasCalls';
import { permuteRule, reduceRule, sizesOf, splitSizes } from './pytorchRules';
import { Args, dimOf, type NativeContext } from './recipe';
import { axisOf, concatenated, reshaped } from './shapes';

export interface Row {
  readonly signature?: string;
  readonly call: (c: NativeContext) => Value;
}

export function emitOne(
  c: NativeContext,
  inputs: readonly TensorValue[],
  rule: (inputs: readonly TensorValue[]) => OpResult,
): Value {
  return c.machine.emit({
    inputs,
    rule,
    callee: c.callee,
    framework: inputs[0]?.framework ?? 'keras',
    site: c.site,
  })[0];
}

export function tensorArg(c: NativeContext, name: string): TensorValue | undefined {
  return asTensor(c.machine, c.args.get(name), 'keras');
}

export function unary(sig: string, rule: (input: TensorValue, args: Args) => OpResult): Row {
  return {
    signature: sig,
    call: (c) => {
      const input = tensorArg(c, 'x');
      return input
        ? emitOne(c, [input], ([x]) => rule(x, c.args))
        : unknown(t('{0} is not given a tensor here.', c.callee));
    },
  };
}

/** What is given besides the tensor is not read, and the operation says so. */
export const same = (op: string): Row => ({
  signature: 'x, *args, **kwargs',
  call: (c) => {
    const input = tensorArg(c, 'x');
    if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
    const hasMore =
      c.call.positional.length > 1 ||
      [...c.call.keywords.keys()].some((name) => name !== 'name' && name !== 'x');
    return emitOne(c, [input], ([x]) => ({
      op,
      shapes: [x.shape],
      attributes: hasMore ? { extra: true } : {},
    }));
  },
});

/** A function of a tensor and numbers under their names; one that is given and not known is `extra`. */
export const numbered = (op: string, sig: string, fixed: Readonly<Record<string, string>> = {}): Row =>
  unary(`x, ${sig}, **kwargs`, (x, args) => {
    const attributes: Record<string, number | string | boolean | undefined> = { ...fixed };
    for (const [name, value] of args.values) {
      if (name === 'x' || name === 'name') continue;
      if (value.kind === 'boolean') attributes[name] = value.value;
      else if (value.kind !== 'none') {
        attributes[name] = args.number(name);
        if (args.number(name) === undefined) attributes.extra = true;
      }
    }
    return { op, shapes: [x.shape], attributes };
  });

export function pairwise(op: string): Row {
  return {
    signature: 'x, y, **kwargs',
    call: (c) => {
      const [a, b] = [tensorArg(c, 'x'), tensorArg(c, 'y')];
      return a && b
        ? emitOne(c, [a, b], (inputs) => elementwiseRule(op, inputs, a.framework ?? 'keras'))
        : unknown(t('{0} is not given a tensor here.', c.callee));
    },
  };
}

export function reduction(op: string): Row {
  return unary('x, axis=None, keepdims=False, **kwargs', (x, args) =>
    reduceRule(x, op, args.get('axis'), args.flag('keepdims')),
  );
}

/** A merge layer's function: `add([a, b])`. */
export function merging(name: string): Row {
  return {
    signature: 'inputs, axis=-1, **kwargs',
    call: (c) => {
      const inputs = tensorsIn(c.machine, c.args.get('inputs'), 'keras');
      const { rule } = kerasLayers[name];
      return rule && inputs.length > 0
        ? emitOne(c, inputs, (given) => rule(given, c.args))
        : unknown(t('{0} is not given a tensor here.', c.callee));
    },
  };
}

export function concat(c: NativeContext): Value {
  const items = iterate(c.machine, c.args.get('values'));
  const tensors = items?.map((item) => asTensor(c.machine, item, 'keras'));
  if (!tensors?.every((tensor) => tensor !== undefined))
    return unknown(t('The tensors that are joined are not known.'));
  const axis = c.args.dim('axis');
  return emitOne(c, tensors, (inputs) => ({
    op: 'concat',
    shapes: [concatenated(inputs, axis, inputs[0]?.framework ?? 'keras')],
    reason: reasonOf(inputs),
    attributes: { axis: typeof axis === 'number' ? axis : undefined },
  }));
}

export function stack(c: NativeContext): Value {
  const items = iterate(c.machine, c.args.get('values'));
  const tensors = items?.map((item) => asTensor(c.machine, item, 'keras'));
  if (!tensors?.every((tensor) => tensor !== undefined))
    return unknown(t('The tensors that are joined are not known.'));
  return emitOne(c, tensors, (inputs) => {
    const first = inputs[0]?.shape;
    const at = first && axisOf(c.args.dim('axis'), first.length + 1);
    if (!first || at === undefined) return { op: 'stack', shapes: [undefined], reason: reasonOf(inputs) };
    const joined = [...first.slice(0, at), inputs.length, ...first.slice(at)];
    return { op: 'stack', shapes: [joined], attributes: { axis: at } };
  });
}

export function clipped(x: TensorValue, args: Args): OpResult {
  const [min, max] = [args.number('min'), args.number('max')];
  const isKnown = min !== undefined && max !== undefined;
  return { op: 'clip', shapes: [x.shape], attributes: isKnown ? { min, max } : { extra: true } };
}

/** Paddings as [[0, 0], [1, 1], ...]. */
export function pad(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  const rows = iterate(c.machine, c.args.get('paddings'));
  const both = rows?.map((row) => (iterate(c.machine, row) ?? []).map((item) => dimOf(item, 'paddings')));
  if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
  return emitOne(c, [input], ([{ shape }]) => {
    const isKnown = shape && both && both.length === shape.length && both.every((row) => row.length === 2);
    return {
      op: 'padAll',
      shapes: [isKnown ? shape.map((dim, i) => add(dim, add(both[i][0], both[i][1]))) : undefined],
      reason: t('The padding is not known.'),
      attributes: {
        pads: both?.flat(),
        value: c.args.number('constant_values'),
        mode: (c.args.text('mode') ?? '?').toLowerCase().replace('symmetric', '?'),
      },
    };
  });
}

export function reshape(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  const sizes = sizesOf([c.args.get('shape')]);
  if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
  return emitOne(c, [input], ([x]) =>
    sizes
      ? { op: 'reshape', shapes: [reshaped(x.shape, sizes, x.framework ?? 'keras')] }
      : { op: 'reshape', shapes: [undefined], reason: t('The sizes are not known.') },
  );
}

export function transpose(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
  const order = c.args.has('perm')
    ? sizesOf([c.args.get('perm')])
    : input.shape?.map((_, i) => (input.shape?.length ?? 0) - 1 - i);
  return emitOne(c, [input], ([x]) => permuteRule(x, order));
}

export function split(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  const shape = input?.shape;
  const at = shape && axisOf(c.args.dim('axis'), shape.length);
  const count = c.args.get('count');
  const sizes =
    shape && at !== undefined
      ? splitSizes(
          shape,
          at,
          count.kind === 'int' ? NONE : count,
          count.kind === 'int' ? count.value : undefined,
        )
      : undefined;
  if (!input || !shape || !sizes) return unknown(t('How the tensor is split is not known.'));
  return list(
    c.machine.emit({
      inputs: [input],
      rule: () => ({
        op: 'split',
        shapes: sizes.map((size) => shape.map((dim, i) => (i === at ? size : dim))),
        attributes: { axis: at },
      }),
      callee: c.callee,
      framework: input.framework ?? 'keras',
      site: c.site,
    }),
  );
}

export function shapeOf(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  return input?.shape
    ? tuple(input.shape.map(int))
    : unknown(input?.reason ?? t('The shape of the input is not known.'));
}

export function creation(start?: Start): Row {
  return {
    call: (c) => {
      const given = c.call.keywords.get('shape')?.value ?? c.call.positional[0]?.value ?? NONE;
      const more =
        c.call.positional.length > 1 || [...c.call.keywords.keys()].some((name) => RANGES.has(name));
      return {
        ...c.machine.tensor(sizesOf([given]), 'constant', 'keras', t('The sizes are not known.')),
        site: c.machine.place(c.site),
        start: more && start?.kind === 'uniform' ? undefined : start,
      };
    },
  };
}

/** Arguments that say from where to where numbers are drawn. */
export const RANGES = new Set(['minval', 'maxval', 'mean', 'stddev', 'low', 'high']);

/** Rounded down: what is drawn becomes a draw of 0 or 1. */
export function floor(c: NativeContext): Value {
  const input = tensorArg(c, 'x');
  if (!input) return unknown(t('{0} is not given a tensor here.', c.callee));
  const start = input.origin === 'parameter' ? undefined : flooredStart(input.start);
  return start
    ? { ...input, id: c.machine.id(), start }
    : emitOne(c, [input], ([x]) => ({ op: 'floor', shapes: [x.shape] }));
}

/** `keras.Input(shape=(224, 224, 3))` */
export function inputTensor(c: NativeContext): Value {
  const sizes = (value: Value): Dim[] | undefined =>
    value.kind === 'tuple' || value.kind === 'list'
      ? value.items.map((item, i) =>
          item.kind === 'none' ? symbol(`d${c.machine.id()}_${i}`) : dimOf(item, 'shape'),
        )
      : value.kind === 'int'
        ? [value.value]
        : undefined;
  const batched = sizes(c.args.get('batch_shape'));
  const shape = sizes(c.args.get('shape'));
  const batch: Dim = c.args.has('batch_size') ? c.args.dim('batch_size') : symbol('N');
  const whole = batched
    ? [typeof batched[0] === 'number' ? batched[0] : symbol('N'), ...batched.slice(1)]
    : shape && [batch, ...shape];
  const given = c.args.get('tensor');
  if (given.kind === 'tensor') return given;
  const shapeValue = c.args.get('shape');
  const reason =
    shapeValue.kind === 'unknown' ? shapeValue.reason : t('The shape of the input is not known.');
  return { ...c.machine.tensor(whole, 'input', 'keras', reason), site: c.machine.place(c.site) };
}

/** A layer's rule called at once, on a tensor and keyword arguments (`tf.nn.max_pool2d`). */
export function tfPool(op: string, layer: string): Row {
  return {
    signature: 'x, ksize, strides, padding, **kwargs',
    call: (c) => {
      const input = tensorArg(c, 'x');
      const { rule } = kerasLayers[layer];
      const middle = (value: Value): Value =>
        (value.kind === 'list' || value.kind === 'tuple') && value.items.length === 4
          ? tuple(value.items.slice(1, 3))
          : value;
      const args = new Args(
        new Map([
          ['pool_size', middle(c.args.get('ksize'))],
          ['strides', middle(c.args.get('strides'))],
          ['padding', c.args.get('padding')],
        ]),
        new Map(),
      );
      void op;
      return input && rule
        ? emitOne(c, [input], (given) => rule(given, args))
        : unknown(t('{0} is not given a tensor here.', c.callee));
    },
  };
}
