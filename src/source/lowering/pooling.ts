/** Pooling windows. The alphabet has no average over windows: means of a reshaped tensor, or a constant kernel. */
import { t } from '../../base/localize';
import type { Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import type { Spelling } from './network';
import { padsOf } from './weighted';

function pair(s: Spelling, name: string): [number, number] {
  const value = s.node.attributes[name];
  if (!Array.isArray(value) || value.length !== 2 || !value.every((n) => typeof n === 'number'))
    return s.refuse(t('its {0} is not known.', name));
  return [value[0], value[1]];
}

/** Pads behind that make as many windows start as `ceil_mode` has. */
function widened(
  s: Spelling,
  pads: readonly number[],
  image: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
): number[] {
  const wanted = s.shape.slice(2);
  const after = image.map((size, i) =>
    Math.max(pads[i + 2], (wanted[i] - 1) * stride[i] + kernel[i] - size - pads[i]),
  );
  return [pads[0], pads[1], ...after];
}

export function maxPool(s: Spelling): Value {
  const { b, node, inputs } = s;
  const [x] = inputs;
  if (x.type.shape.length !== 4) return s.refuse(t('only two-dimensional windows are built here.'));
  const [kernel, strides] = [pair(s, 'kernel'), pair(s, 'stride')];
  if (Array.isArray(node.attributes.dilation) && node.attributes.dilation.some((d) => d !== 1))
    return s.refuse(t('a dilated window has no counterpart here.'));
  const image = x.type.shape.slice(2);
  const pads = widened(s, padsOf(s, image), image, kernel, strides);
  return b.layer(s.scope, 'MaxPool', inputs, () => b.op('MaxPool', inputs, { kernel, strides, pads }), '');
}

export function averagePool(s: Spelling): Value {
  const { b, node, inputs } = s;
  const [x] = inputs;
  const [n, c, h, w] = x.type.shape;
  if (x.type.shape.length !== 4) return s.refuse(t('only two-dimensional windows are built here.'));
  const [, , outHeight, outWidth] = s.shape;
  if (outHeight === h && outWidth === w && node.op === 'adaptiveAveragePool') return x;
  const isAdaptive = node.op === 'adaptiveAveragePool';
  if (isAdaptive && (h % outHeight !== 0 || w % outWidth !== 0))
    return s.refuse(t('its windows have different sizes.'));
  const kernel = isAdaptive ? [h / outHeight, w / outWidth] : pair(s, 'kernel');
  const stride = isAdaptive ? kernel : pair(s, 'stride');
  const pads = isAdaptive ? [0, 0, 0, 0] : padsOf(s, [h, w]);
  const isPadded = pads.some((p) => p > 0);
  if (isPadded && node.attributes.countPadding === false)
    return s.refuse(t('an average that leaves padding out has no counterpart here.'));
  if (node.attributes.ceil === true && widened(s, pads, [h, w], kernel, stride).some((p, i) => p !== pads[i]))
    return s.refuse(t('a last window that reaches over the edge has no counterpart here.'));
  return b.layer(
    s.scope,
    'AveragePool',
    inputs,
    () => {
      if (outHeight === 1 && outWidth === 1 && kernel[0] === h && kernel[1] === w && !isPadded)
        return b.op('GlobalAveragePool', [x]);
      if (!isPadded && kernel[0] === stride[0] && kernel[1] === stride[1]) {
        const [used, across] = [outHeight * kernel[0], outWidth * kernel[1]];
        const cut =
          used === h && across === w
            ? x
            : b.op('Slice', [x], { starts: [0, 0, 0, 0], ends: [n, c, used, across], steps: [1, 1, 1, 1] });
        const tiles = b.op('Reshape', [cut], { shape: [n, c, outHeight, kernel[0], outWidth, kernel[1]] });
        return b.op('ReduceMean', [tiles], { axes: [3, 5], keepdims: false });
      }
      const area = kernel[0] * kernel[1];
      const weights = b.constant(
        float32(c, 1, kernel[0], kernel[1]),
        new Array<number>(c * area).fill(1 / area),
      );
      return b.op('Conv', [x, weights], { strides: stride, pads, group: c });
    },
    '',
  );
}
