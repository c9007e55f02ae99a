/** The shortcuts of He 2015, section 4.1: identity, zero-padding (option A), projection (options B and C). */
import type { Builder } from '../ir/builder';
import type { ShortcutKind, Value } from '../ir/graph';
import { batchNorm } from './batchNorm';
import { conv2d } from './conv2d';
import type { Style } from './style';

export const shortcutOptions = ['pad', 'projection', 'none'] as const;

export type ShortcutOption = (typeof shortcutOptions)[number];

/** Which kind a block needs, given what the network uses where shapes change. */
export function shortcutKind(
  x: Value,
  out: number,
  stride: number,
  option: 'pad' | 'projection',
): ShortcutKind {
  return stride === 1 && x.type.shape[1] === out ? 'identity' : option;
}

/** Carries `x` past a branch that ends with `out` channels at 1 / `stride` of the size. */
export function shortcut(
  b: Builder,
  x: Value,
  kind: ShortcutKind,
  out: number,
  stride: number,
  style: Style,
): Value {
  if (kind === 'identity') return x;
  if (kind === 'pad') return padShortcut(b, x, out, stride);
  return b.within(
    'shortcut',
    () => {
      const y = conv2d(
        b,
        'conv',
        x,
        { out, kernel: 1, stride, padding: 0, bias: style.norm === 'none', init: style.init },
        '0',
      );
      return style.norm === 'none' ? y : batchNorm(b, 'bn', y, style, '1');
    },
    'downsample',
  );
}

/** Option A: every `stride`-th pixel, and channels of zeros behind: no parameters at all. */
function padShortcut(b: Builder, x: Value, out: number, stride: number): Value {
  return b.layer('shortcut', 'Pad', [x], () => {
    const [n, c, h, w] = x.type.shape;
    const thinned =
      stride === 1
        ? x
        : b.op('Slice', [x], { starts: [0, 0, 0, 0], ends: [n, c, h, w], steps: [1, 1, stride, stride] });
    return out === c ? thinned : b.op('Pad', [thinned], { pads: [0, 0, 0, 0, 0, out - c, 0, 0] });
  });
}
