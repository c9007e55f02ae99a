/** Operations that move elements: reshape, transpose, slice, pad. Axes are turned where the source has N, H, W, C. */
import { t } from '../../base/localize';
import type { Value } from '../../ir/graph';
import type { Spelling } from './network';

/** A tensor in the order that the source counts in, and back. */
function toSource(s: Spelling, x: Value): Value {
  return s.isChannelsLast && x.type.shape.length === 4 ? s.b.op('Transpose', [x], { perm: [0, 2, 3, 1] }) : x;
}

function fromSource(s: Spelling, x: Value): Value {
  return s.isChannelsLast && x.type.shape.length === 4 ? s.b.op('Transpose', [x], { perm: [0, 3, 1, 2] }) : x;
}

/** The output's sizes in the source's order. */
function sourceShape(s: Spelling): number[] {
  const [n, c, h, w] = s.shape;
  return s.isChannelsLast && s.shape.length === 4 ? [n, h, w, c] : [...s.shape];
}

export function reshape(s: Spelling): Value {
  const [x] = s.inputs;
  return s.b.layer(
    s.scope,
    'Reshape',
    [x],
    () => {
      const source = toSource(s, x);
      return fromSource(s, s.b.op('Reshape', [source], { shape: sourceShape(s) }));
    },
    '',
  );
}

export function permute(s: Spelling): Value {
  const [x] = s.inputs;
  const { order } = s.node.attributes;
  if (!Array.isArray(order)) return s.refuse(t('the order of axes is not known.'));
  return s.b.layer(
    s.scope,
    'Transpose',
    [x],
    () => fromSource(s, s.b.op('Transpose', [toSource(s, x)], { perm: order.map(Number) })),
    '',
  );
}

/** `x[:, :, ::2, ::2]` and single indices; new axes and lists of indices have no counterpart. */
export function slice(s: Spelling): Value {
  const [x] = s.inputs;
  const { index } = s.node.attributes;
  if (typeof index !== 'string') return s.refuse(t('the subscript has no counterpart here.'));
  return s.b.layer(
    s.scope,
    'Slice',
    [x],
    () => {
      const source = toSource(s, x);
      const { shape } = source.type;
      const parts = expanded(s, index.split(','), shape.length);
      const bounds = shape.map((size, i) => boundsOf(s, parts[i] ?? '::', size));
      const cut = s.b.op('Slice', [source], {
        starts: bounds.map(([start]) => start),
        ends: bounds.map(([, end]) => end),
        steps: bounds.map(([, , step]) => step),
      });
      const isNarrower = cut.type.shape.length !== s.shape.length;
      return fromSource(s, isNarrower ? s.b.op('Reshape', [cut], { shape: sourceShape(s) }) : cut);
    },
    '',
  );
}

function expanded(s: Spelling, parts: readonly string[], rank: number): string[] {
  if (parts.includes('new') || parts.includes('?'))
    return s.refuse(t('the subscript has no counterpart here.'));
  const dots = parts.indexOf('...');
  if (dots < 0) return [...parts];
  const missing = rank - (parts.length - 1);
  return [...parts.slice(0, dots), ...new Array<string>(missing).fill('::'), ...parts.slice(dots + 1)];
}

function boundsOf(s: Spelling, part: string, size: number): [number, number, number] {
  const clamp = (n: number) => Math.min(size, Math.max(0, n < 0 ? n + size : n));
  if (!part.includes(':')) {
    const at = clamp(Number(part));
    return [at, at + 1, 1];
  }
  const [start, end, step] = part.split(':');
  const by = step === '' ? 1 : Number(step);
  if (by < 1) return s.refuse(t('the subscript has no counterpart here.'));
  return [start === '' ? 0 : clamp(Number(start)), end === '' ? size : clamp(Number(end)), by];
}

function padded(s: Spelling, before: readonly number[], behind: readonly number[]): Value {
  const [x] = s.inputs;
  if (s.node.attributes.value !== 0) return s.refuse(t('only zeros can be padded here.'));
  if ([...before, ...behind].some((n) => n < 0))
    return s.refuse(t('a negative padding has no counterpart here.'));
  return s.b.layer(s.scope, 'Pad', [x], () => s.b.op('Pad', [x], { pads: [...before, ...behind] }), '');
}

function amounts(s: Spelling): number[] {
  const { pads } = s.node.attributes;
  if (!Array.isArray(pads) || !pads.every((n) => typeof n === 'number'))
    return s.refuse(t('its padding is not known.'));
  return pads;
}

/** F.pad: pairs from the last axis backwards. */
export function padLast(s: Spelling): Value {
  const pads = amounts(s);
  const rank = s.inputs[0].type.shape.length;
  const before = new Array<number>(rank).fill(0);
  const behind = new Array<number>(rank).fill(0);
  for (let i = 0; i < pads.length / 2; i++) {
    before[rank - 1 - i] = pads[2 * i];
    behind[rank - 1 - i] = pads[2 * i + 1];
  }
  return padded(s, before, behind);
}

/** ZeroPadding2D: pairs for height and width. */
export function padImage(s: Spelling): Value {
  const [top, bottom, left, right] = amounts(s);
  if (s.inputs[0].type.shape.length !== 4) return s.refuse(t('only images can be padded here.'));
  return padded(s, [0, 0, top, left], [0, 0, bottom, right]);
}

/** tf.pad: a pair an axis, in the source's order. */
export function padAll(s: Spelling): Value {
  const pads = amounts(s);
  const before = pads.filter((_, i) => i % 2 === 0);
  const behind = pads.filter((_, i) => i % 2 === 1);
  const turn = (list: number[]) =>
    s.isChannelsLast && list.length === 4 ? [list[0], list[3], list[1], list[2]] : list;
  return padded(s, turn(before), turn(behind));
}
