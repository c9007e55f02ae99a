/**
 * How a block's input reaches its end where shapes differ: the zero-padding and projection of He 2015, section
 * 3.3 (options A, B and C), and the strided max-pool of Keras' V2 networks.
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import type { Builder } from '../ir/builder';
import type { ShortcutKind, Value } from '../ir/graph';
import { hasBias } from './convNormAct';
import { normalize } from './norm';
import { pointwise } from './pointwise';
import { maxPool } from './pooling';
import type { Style } from './style';

export const shortcutOptions = ['pad', 'projection', 'projection-everywhere', 'none'] as const;

export type ShortcutOption = (typeof shortcutOptions)[number];

/** What carries an input past a branch; the last two never need a shape to change. */
export type Carrier = Extract<ShortcutKind, 'identity' | 'pad' | 'projection' | 'pool'>;

/** How a network spells its projections. */
export interface ProjectionSpelling {
  /** Overrides the style's rule for the 1x1 convolution's biases. */
  readonly bias?: boolean;
  /** Whether a norm follows it. */
  readonly norm: boolean;
  /** Parameter-name segments: of both, of the convolution, of the norm. */
  readonly names: readonly [both: string, conv: string, norm: string];
}

/** `downsample.0` and `downsample.1`. */
export const torchvisionProjection: ProjectionSpelling = { norm: true, names: ['downsample', '0', '1'] };
/** A bare convolution called `downsample`, as pre-activation networks have it. */
export const bareProjection: ProjectionSpelling = { norm: false, names: ['downsample', '', ''] };

/** Which carrier a block needs, given what the network uses where shapes change. */
export function carrierFor(
  x: Value,
  out: number,
  stride: number,
  option: Exclude<ShortcutOption, 'none'>,
): Carrier {
  if (option === 'projection-everywhere') return 'projection';
  const [, channels] = x.type.shape;
  if (option === 'pad' && out < channels)
    throw new SkiplensError(
      'network/options',
      t(
        'A skip that is padded cannot go from {0} channels to {1}: zeros are added, never taken away. Choose shortcut=projection.',
        channels,
        out,
      ),
    );
  return stride === 1 && x.type.shape[1] === out ? 'identity' : option;
}

/** Carries `x` past a branch that ends with `out` channels at 1 / `stride` of the size. */
export function carry(
  b: Builder,
  x: Value,
  carrier: Carrier,
  { out, stride, padding = 0 }: { out: number; stride: number; padding?: 0 | 'same' },
  style: Style,
  { bias = hasBias(style), norm, names }: ProjectionSpelling,
): Value {
  switch (carrier) {
    case 'identity':
      return x;
    case 'pad':
      return padShortcut(b, x, out, stride);
    case 'pool':
      return maxPool(b, 'shortcut', x, { kernel: 1, stride });
    case 'projection':
      return b.within(
        'shortcut',
        () => {
          const spec = { out, stride, padding, bias, init: style.init };
          const y = pointwise(b, 'conv', x, spec, names[1]);
          return norm ? normalize(b, '', y, style, { name: names[2] }) : y;
        },
        names[0],
      );
  }
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
