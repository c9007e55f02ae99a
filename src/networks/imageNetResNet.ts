/**
 * The ImageNet networks of He et al. 2015, table 1, in torchvision's layout (in bottlenecks the stride is in the
 * 3x3 convolution), with its ResNeXt (Xie et al. 2017) and wide (Zagoruyko and Komodakis 2016) versions.
 */
import { choice, integer } from '../base/options';
import { classifier } from '../layers/classifier';
import { activate, convNorm, weightLayer } from '../layers/convNormAct';
import { normalize } from '../layers/norm';
import { maxPool } from '../layers/pooling';
import { units } from '../layers/residual';
import { basicLayers, bottleneckLayers, residualBlock } from '../layers/residualBlock';
import { bareProjection, torchvisionProjection } from '../layers/shortcut';
import { buildStages, torchvisionStages } from '../layers/stages';
import { defineFamily } from './network';
import {
  fourStages,
  headOptions,
  plainTwin,
  residualOf,
  residualOptions,
  styleOf,
  styleOptions,
  unitOption,
  widthOf,
} from './options';

/** Blocks a stage. */
const stages = {
  '18': [2, 2, 2, 2],
  '34': [3, 4, 6, 3],
  '50': [3, 4, 6, 3],
  '101': [3, 4, 23, 3],
  '152': [3, 8, 36, 3],
} as const;

const depths = ['18', '34', '50', '101', '152'] as const;

/** What torchvision has of a name without its size. */
const usualSizes: Readonly<Record<string, string>> = {
  resnext50: 'resnext50-32x4d',
  resnext101: 'resnext101-32x8d',
};

const options = {
  depth: choice('18', depths, 'Layers with weights; 50 and more are made of bottlenecks.'),
  width: integer(
    64,
    1,
    512,
    'Filters of the stem and of the first stage; each later stage has twice as many.',
  ),
  ...fourStages,
  cardinality: integer(1, 1, 256, 'Groups of the 3x3 convolution in bottlenecks (ResNeXt has 32).'),
  widthPerGroup: integer(
    64,
    1,
    1024,
    'Channels a group of the 3x3 convolution in the first stage, where width is 64 (ResNeXt 32x4d has 4, wide networks 128).',
  ),
  strideIn: choice(
    '3x3',
    ['1x1', '3x3'],
    'Which convolution of a bottleneck carries the stride: the 3x3 in torchvision, the 1x1 in He 2015.',
  ),
  ...headOptions,
  classes: integer(1000, 2, 100_000, headOptions.classes.summary),
  ...styleOptions,
  init: choice('he-fan-out-normal', styleOptions.init.values, styleOptions.init.summary),
  ...residualOptions,
  unit: unitOption,
};

export const imageNetResNet = defineFamily({
  id: 'imagenet-resnet',
  names: [
    'resnet18, 34, 50, 101, 152',
    'plain18, 34, 50, 101, 152',
    'resnext50-32x4d, resnext101-32x8d (also resnext50, resnext101)',
    'wide-resnet50-2, wide-resnet101-2',
  ],
  examples: [
    'resnet18',
    'resnet34',
    'resnet50',
    'resnet101',
    'resnet152',
    'plain18',
    'plain34',
    'resnext50-32x4d',
    'resnext101-32x8d',
    'wide-resnet50-2',
    'wide-resnet101-2',
  ],
  citation:
    'He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition. CVPR 2016 (arXiv 1512.03385), table 1; ResNeXt: Xie et al., CVPR 2017 (arXiv 1611.05431); wide: Zagoruyko, Komodakis, BMVC 2016 (arXiv 1605.07146)',
  options,
  inputShape: [3, 224, 224],

  match(given) {
    const name = usualSizes[given] ?? given;
    const simple = /^(resnet|plain)(18|34|50|101|152)$/.exec(name);
    if (simple) return { depth: simple[2], ...(simple[1] === 'plain' && { shortcut: 'none' }) };
    const next = /^(?:resnext|plainnext)(50|101|152)-(\d+)x(\d+)d$/.exec(name);
    const isPlain = name.includes('plain');
    if (next)
      return {
        depth: next[1],
        cardinality: Number(next[2]),
        widthPerGroup: Number(next[3]),
        ...(isPlain && { shortcut: 'none' }),
      };
    const wide = /^wide-(?:resnet|plain)(50|101|152)-(\d+)$/.exec(name);
    if (!wide) return null;
    return { depth: wide[1], widthPerGroup: 64 * Number(wide[2]), ...(isPlain && { shortcut: 'none' }) };
  },

  title({ depth, shortcut, cardinality, widthPerGroup }) {
    const kind = cardinality > 1 ? 'NeXt' : 'Net';
    const suffix =
      cardinality > 1
        ? ` ${cardinality}x${widthPerGroup}d`
        : widthPerGroup === 64
          ? ''
          : `, ${widthPerGroup / 64} x width`;
    return `${shortcut === 'none' ? 'Plain' : `Res${kind}`}-${depth}${suffix}`;
  },

  build(b, x, settled) {
    const { depth, width, cardinality, widthPerGroup, strideIn, unit } = settled;
    const counts = stages[depth];
    const isBottleneck = Number(depth) >= 50;
    const style = styleOf(settled);
    const residual = residualOf(
      settled,
      counts.reduce((a, n) => a + n, 0),
    );
    const stem = { out: width, kernel: 7, stride: 2 };
    let y =
      unit === 'full-preactivation' ? weightLayer(b, 1, x, stem, style) : convNorm(b, 1, x, stem, style);
    if (!units[unit].preactivated) y = activate(b, '', y, style);
    y = maxPool(b, 'maxpool', y, { kernel: 3, stride: 2, padding: 1 });
    y = buildStages(b, y, counts, torchvisionStages, (input, place) => {
      const planes = widthOf(settled, place.stage, width * 2 ** (place.stage - 1));
      const stride = place.stage > 1 && place.block === 1 ? 2 : 1;
      const layers = isBottleneck
        ? bottleneckLayers({
            width: Math.max(1, Math.floor((planes * widthPerGroup) / 64)) * cardinality,
            out: 4 * planes,
            stride,
            strideIn,
            groups: cardinality,
          })
        : basicLayers(planes, stride);
      const projection = unit === 'full-preactivation' ? bareProjection : torchvisionProjection;
      const kind = isBottleneck ? 'bottleneck' : 'basicBlock';
      return residualBlock(b, place, input, { kind, layers, stride, projection }, style, residual);
    });
    if (unit === 'full-preactivation') y = normalize(b, '', y, style);
    if (units[unit].preactivated) y = activate(b, '', y, style);
    return classifier(b, y, settled, style);
  },

  twin: plainTwin,
});
