/** How functions of PyTorch take their arguments: what the rows of the table are made of. */
import { t } from '../../base/localize';
import { reasonOf } from '../interpreter/machine';
import { iterate } from '../interpreter/sequences';
import { type Dim, multiply, sameDim, unknownDim } from '../values/dims';
import type { OpResult } from '../values/trace';
import { int, NONE, type Start, type TensorValue, tuple, unknown, type Value } from '../values/values';
import { asTensor, elementwiseRule, product } from './arithmetic';
import { pytorchLayers } from './pytorch';
import { attributesOf, windowOf } from './pytorchBuilders';
import { sizesOf, splitSizes } from './pytorchRules';
import { Args, type NativeContext } from './recipe';
import { axisOf, concatenated } from './shapes';
import { convolve } from './windows';

export type Call = (c: NativeContext) => Value;

export interface Row {
  readonly signature?: string;
  readonly call: Call;
}

export function tensorArg(c: NativeContext, name: string): TensorValue | undefined {
  return asTensor(c.machine, c.args.get(name), 'pytorch');
}

export function emitOne(
  c: NativeContext,
  inputs: readonly TensorValue[],
  rule: (inputs: readonly TensorValue[]) => OpResult,
): Value {
  return c.machine.emit({ inputs, rule, callee: c.callee, framework: 'pytorch', site: c.site })[0];
}

/** A function of one tensor called `input`. */
export function unary(sig: string, rule: (input: TensorValue, args: Args) => OpResult): Row {
  return {
    signature: sig,
    call: (c) => {
      const input = tensorArg(c, 'input');
      if (!input) return notATensor(c);
      return emitOne(c, [input], ([x]) => rule(x, c.args));
    },
  };
}

export function notATensor(c: NativeContext): Value {
  return unknown(t('{0} is not given a tensor here.', c.callee));
}

export function same(op: string, sig = ''): Row {
  return unary(`input${sig ? `, ${sig}` : ''}`, (x, args) => ({
    op,
    shapes: [x.shape],
    attributes: attributesOf(args),
  }));
}

/** The functional form of a layer without weights: its row, called at once. */
export function asLayer(name: string): Row {
  const recipe = pytorchLayers[name];
  const params = recipe.signature.params.map((param) => param.name);
  return {
    call: (c) => {
      const bound = bindFunctional(name, c);
      const input = bound?.input && asTensor(c.machine, bound.input, 'pytorch');
      if (!bound || !input || !recipe.rule) return notATensor(c);
      const { rule } = recipe;
      void params;
      return emitOne(c, [input], (inputs) => rule(inputs, bound.args));
    },
  };
}

export function bindFunctional(name: string, c: NativeContext): { input: Value; args: Args } | undefined {
  const params = [{ name: 'input' }, ...pytorchLayers[name].signature.params];
  const values = new Map<string, Value>();
  const sites = new Map();
  if (c.call.positional.length > params.length) return undefined;
  c.call.positional.forEach(({ value, site }, i) => {
    values.set(params[i].name, value);
    sites.set(params[i].name, site);
  });
  for (const [key, { value, site }] of c.call.keywords) {
    values.set(key, value);
    sites.set(key, site);
  }
  for (const param of pytorchLayers[name].signature.params) {
    if (!values.has(param.name)) {
      if (c.call.unknownRest !== undefined) values.set(param.name, unknown(c.call.unknownRest));
      else if (param.default) values.set(param.name, param.default);
      else return undefined;
    }
  }
  const input = values.get('input');
  return input && { input, args: new Args(values, sites) };
}

/** What a function makes of a list of tensors; undefined where the list is not known. */
export function tensorsOf(c: NativeContext, value: Value): TensorValue[] | undefined {
  const items = value.kind === 'tensor' ? undefined : iterate(c.machine, value);
  const tensors = items?.map((item) => asTensor(c.machine, item, 'pytorch'));
  return tensors?.every((tensor) => tensor !== undefined) ? tensors : undefined;
}

export function concat(c: NativeContext): Value {
  const tensors = tensorsOf(c, c.args.get('tensors'));
  if (!tensors) return unknown(t('The tensors that are joined are not known.'));
  const axis = c.args.dim(c.args.has('axis') ? 'axis' : 'dim');
  return emitOne(c, tensors, (inputs) => ({
    op: 'concat',
    shapes: [concatenated(inputs, axis, 'pytorch')],
    reason: reasonOf(inputs),
    attributes: { axis: typeof axis === 'number' ? axis : undefined },
  }));
}

export function stack(c: NativeContext): Value {
  const tensors = tensorsOf(c, c.args.get('tensors'));
  if (!tensors) return unknown(t('The tensors that are joined are not known.'));
  return emitOne(c, tensors, (inputs) => {
    const first = inputs[0]?.shape;
    const at = first && axisOf(c.args.dim('dim'), first.length + 1);
    if (!first || at === undefined) return { op: 'stack', shapes: [undefined], reason: reasonOf(inputs) };
    const joined = [...first.slice(0, at), inputs.length, ...first.slice(at)];
    return { op: 'stack', shapes: [joined], attributes: { axis: at } };
  });
}

export function splitTensor(sizeName: string, countName?: string): Call {
  return (c) => {
    const input = tensorArg(c, 'input');
    if (!input) return notATensor(c);
    const { shape } = input;
    const at = shape && axisOf(c.args.dim('dim'), shape.length);
    const sizes =
      shape && at !== undefined
        ? splitSizes(
            shape,
            at,
            sizeName ? c.args.get(sizeName) : NONE,
            countName ? c.args.dim(countName) : undefined,
          )
        : undefined;
    if (!shape || at === undefined || !sizes) return unknown(t('How the tensor is split is not known.'));
    const outputs = c.machine.emit({
      inputs: [input],
      rule: () => ({
        op: 'split',
        shapes: sizes.map((size) => shape.map((dim, i) => (i === at ? size : dim))),
        attributes: { axis: at },
      }),
      callee: c.callee,
      framework: 'pytorch',
      site: c.site,
    });
    return tuple(outputs);
  };
}

/** Two tensors, element by element. */
export function pairwise(op: string): Row {
  return {
    signature: 'input, other, alpha=1',
    call: (c) => {
      const [a, b] = [tensorArg(c, 'input'), tensorArg(c, 'other')];
      const alpha = c.args.get('alpha').kind === 'unknown' ? Number.NaN : (c.args.number('alpha') ?? 1);
      const attributes: Record<string, number> = alpha === 1 ? {} : { alpha };
      return a && b
        ? emitOne(c, [a, b], (inputs) => elementwiseRule(op, inputs, 'pytorch', attributes))
        : notATensor(c);
    },
  };
}

export function pairwiseOf(c: NativeContext, op: string, a: TensorValue, other: Value): Value {
  const b = asTensor(c.machine, other, 'pytorch');
  return b ? emitOne(c, [a, b], (inputs) => elementwiseRule(op, inputs, 'pytorch')) : notATensor(c);
}

/** Sizes after the tensor in a method call: `x.view(2, 3)`. */
export function trailing(c: NativeContext, from = 1): Value[] {
  return c.call.positional.slice(from).map(({ value }) => value);
}

export const sized = (
  rule: (x: TensorValue, sizes: readonly Dim[] | undefined) => OpResult,
  keyword: string,
): Row => ({
  call: (c) => {
    const input = c.call.positional[0] && asTensor(c.machine, c.call.positional[0].value, 'pytorch');
    if (!input) return notATensor(c);
    const named = c.call.keywords.get(keyword)?.value;
    const sizes = c.call.unknownRest === undefined ? sizesOf(named ? [named] : trailing(c)) : undefined;
    return emitOne(c, [input], ([x]) => rule(x, sizes));
  },
});

export function expandRule(x: TensorValue, sizes: readonly Dim[] | undefined): OpResult {
  const { shape } = x;
  if (!shape || !sizes || sizes.length < shape.length)
    return { op: 'expand', shapes: [undefined], reason: reasonOf([x]) };
  const offset = sizes.length - shape.length;
  return {
    op: 'expand',
    shapes: [sizes.map((size, i) => (size === -1 && i >= offset ? shape[i - offset] : size))],
  };
}

export function repeatRule(x: TensorValue, sizes: readonly Dim[] | undefined): OpResult {
  const { shape } = x;
  if (!shape || !sizes || sizes.length < shape.length)
    return { op: 'repeat', shapes: [undefined], reason: reasonOf([x]) };
  const offset = sizes.length - shape.length;
  return {
    op: 'repeat',
    shapes: [sizes.map((size, i) => (i < offset ? size : multiply(shape[i - offset], size)))],
  };
}

/** A tensor made from sizes: dummy inputs among them. */
/** The sizes of nested lists of numbers; undefined where they are not known or uneven. */
function sizesOfData(c: NativeContext, value: Value): Dim[] | undefined {
  if (value.kind === 'int' || value.kind === 'float' || value.kind === 'boolean') return [];
  if (value.kind === 'tensor') return value.shape ? [...value.shape] : undefined;
  if (value.kind !== 'list' && value.kind !== 'tuple' && value.kind !== 'range') return undefined;
  const items = iterate(c.machine, value);
  if (!items) return undefined;
  const inner = items.length > 0 ? items.slice(0, 64).map((item) => sizesOfData(c, item)) : [[]];
  const [first] = inner;
  if (!first || !inner.every((sizes) => sizes?.join() === first.join())) return undefined;
  return [items.length, ...first];
}

/** All numbers of nested lists in order; undefined where one is not known or there are very many. */
function numbersIn(c: NativeContext, value: Value, found: number[]): number[] | undefined {
  if (value.kind === 'float' || (value.kind === 'int' && typeof value.value === 'number')) {
    found.push(Number(value.value));
    return found.length <= 4096 ? found : undefined;
  }
  if (value.kind !== 'list' && value.kind !== 'tuple') return undefined;
  const items = iterate(c.machine, value);
  return items?.every((item) => numbersIn(c, item, found)) ? found : undefined;
}

/** `torch.tensor([[1, 2], [3, 4]])` */
export const fromData: Row = {
  call: (c) => {
    const value = c.call.positional[0]?.value ?? c.call.keywords.get('data')?.value ?? NONE;
    const numbers = numbersIn(c, value, []);
    return {
      ...c.machine.tensor(sizesOfData(c, value), 'constant', 'pytorch', t('The sizes are not known.')),
      site: c.machine.place(c.site),
      ...(numbers && { start: { kind: 'data' as const, data: numbers } }),
    };
  },
};

/** `torch.Tensor(2, 3)` has sizes, `torch.Tensor([2, 3])` has numbers. */
export const sizesOrData: Row = {
  call: (c) => {
    const [first] = c.call.positional;
    return first && (first.value.kind === 'list' || first.value.kind === 'tuple')
      ? fromData.call(c)
      : creation('Tensor').call(c);
  },
};

export function creation(op: string): Row {
  return {
    call: (c) => {
      const named = c.call.keywords.get('size')?.value;
      const leading =
        op === 'full'
          ? c.call.positional.slice(0, 1)
          : op === 'randint'
            ? c.call.positional.slice(-1)
            : c.call.positional;
      const sizes = sizesOf(named ? [named] : leading.map(({ value }) => value));
      return {
        ...c.machine.tensor(sizes, 'constant', 'pytorch', t('The sizes are not known.')),
        site: c.machine.place(c.site),
        dtype: op === 'randint' ? 'int' : 'float',
        start: madeBy(c, op),
      };
    },
  };
}

/** What a tensor holds that is made from sizes. */
function madeBy(c: NativeContext, op: string): Start | undefined {
  const name = op.replace(/_like$/, '');
  if (name === 'zeros') return { kind: 'constant', value: 0 };
  if (name === 'ones') return { kind: 'constant', value: 1 };
  if (name === 'rand') return { kind: 'uniform', low: 0, high: 1 };
  if (name === 'randn') return { kind: 'normal', mean: 0, std: 1 };
  if (name !== 'full') return undefined;
  const fill = c.call.positional[1]?.value ?? c.call.keywords.get('fill_value')?.value;
  return fill?.kind === 'float' || (fill?.kind === 'int' && typeof fill.value === 'number')
    ? { kind: 'constant', value: Number(fill.value) }
    : undefined;
}

export const like = (op: string): Row => ({
  signature: 'input, **kwargs',
  call: (c) => {
    const input = tensorArg(c, 'input');
    if (!input) return notATensor(c);
    return { ...c.machine.tensor(input.shape, 'constant', 'pytorch', input.reason), start: madeBy(c, op) };
  },
});

export function functionalConv(rank: number): Row {
  return {
    signature: 'input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1',
    call: (c) => {
      const [input, weight] = [tensorArg(c, 'input'), tensorArg(c, 'weight')];
      if (!input || !weight) return notATensor(c);
      const shape = weight.shape;
      if (shape?.length !== rank + 2)
        return unknown(weight.reason ?? t('The weight of the convolution is not known.'));
      const bias = c.args.has('bias') ? tensorArg(c, 'bias') : undefined;
      return emitOne(c, bias ? [input, weight, bias] : [input, weight], ([x]) =>
        convolve(x, {
          ...windowOf(
            new Args(new Map([...c.args.values, ['kernel_size', tuple(shape.slice(2).map(int))]]), new Map()),
            rank,
          ),
          layer: c.callee,
          layout: { framework: 'pytorch', order: 'first', rank },
          filters: shape[0],
          channels: multiply(shape[1], c.args.dim('groups')),
          groups: c.args.dim('groups'),
          hasBias: c.args.has('bias'),
        }),
      );
    },
  };
}

export const linear: Row = {
  signature: 'input, weight, bias=None',
  call: (c) => {
    const [input, weight] = [tensorArg(c, 'input'), tensorArg(c, 'weight')];
    if (!input || !weight) return notATensor(c);
    const bias = c.args.has('bias') ? tensorArg(c, 'bias') : undefined;
    return emitOne(c, bias ? [input, weight, bias] : [input, weight], ([x, w]) => {
      if (!x.shape || w.shape?.length !== 2)
        return { op: 'linear', shapes: [undefined], reason: reasonOf([x, w]) };
      const fits = sameDim(x.shape[x.shape.length - 1], w.shape[1]) !== false;
      return {
        op: 'linear',
        shapes: [fits ? [...x.shape.slice(0, -1), w.shape[0]] : undefined],
        macs: unknownDim(t('The cost is not counted.')),
      };
    });
  },
};

export function matmul(c: NativeContext): Value {
  const [a, b] = [tensorArg(c, 'input'), tensorArg(c, 'other')];
  return a && b ? product(c.machine, a, b, 'pytorch', c.site, c.callee) : notATensor(c);
}

export function sizeOfTensor(c: NativeContext): Value {
  const shape = tensorArg(c, 'input')?.shape;
  return shape
    ? int(shape.reduce((a: Dim, b) => multiply(a, b), 1))
    : unknown(t('The shape of the input is not known.'));
}

/** A tensor takes the shape of another. */
export function asOther(op: string): Row {
  return {
    signature: 'input, other',
    call: (c) => {
      const [input, other] = [tensorArg(c, 'input'), tensorArg(c, 'other')];
      return input && other
        ? emitOne(c, [input, other], ([, y]) => ({ op, shapes: [y.shape] }))
        : notATensor(c);
    },
  };
}
