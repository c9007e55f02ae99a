/** The two-convolution block of He 2015 (figure 5, left), with its shortcut or, in a plain network, without. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { activation } from './activation';
import { convNorm, convNormAct } from './convNormAct';
import { type ShortcutOption, shortcut, shortcutKind } from './shortcut';
import type { Style } from './style';

export interface BasicBlockSpec {
  readonly out: number;
  readonly stride: number;
  readonly shortcut: ShortcutOption;
}

/** x [N, C, H, W] to [N, out, H / stride, W / stride]. `name` is torchvision's (`0` within `layer1`). */
export function basicBlock(
  b: Builder,
  scope: string,
  x: Value,
  spec: BasicBlockSpec,
  style: Style,
  name: string,
): Value {
  const { out, stride } = spec;
  if (spec.shortcut === 'none')
    return b.block(
      scope,
      'plainBlock',
      x,
      () => {
        const y = branch(b, x, spec, style);
        return { output: activation(b, 'relu2', y, style.activation), fork: null };
      },
      name,
    );
  const kind = shortcutKind(x, out, stride, spec.shortcut);
  return b.block(
    scope,
    'basicBlock',
    x,
    () => {
      const fork = b.fork(x, kind);
      const residual = branch(b, fork.branch, spec, style);
      const skip = shortcut(b, fork.skip, kind, out, stride, style);
      const sum = b.layer('add', 'Add', [residual, skip], () => b.op('Add', [residual, skip]));
      return { output: activation(b, 'relu2', sum, style.activation), fork };
    },
    name,
  );
}

function branch(b: Builder, x: Value, { out, stride }: BasicBlockSpec, style: Style): Value {
  const y = convNormAct(b, 1, x, { out, kernel: 3, stride }, style);
  return convNorm(b, 2, y, { out, kernel: 3 }, style);
}
