/**
 * The CIFAR networks of He et al. 2015, section 4.2 (6n+2 layers: three stages of n basic blocks, 16, 32 and 64
 * filters, stride 2 into the second and third stage) and of He et al. 2016, "Identity Mappings in Deep Residual
 * Networks" (the same with pre-activation and with bottlenecks of 9n+2 layers).
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { amount, choice, integer } from '../base/options';
import { classifier } from '../layers/classifier';
import { activate, convNorm, weightLayer } from '../layers/convNormAct';
import { normalize } from '../layers/norm';
import { units } from '../layers/residual';
import { basicLayers, bottleneckLayers, residualBlock } from '../layers/residualBlock';
import { bareProjection, torchvisionProjection } from '../layers/shortcut';
import { buildStages, torchvisionStages } from '../layers/stages';
import { defineFamily } from './network';
import {
  headOptions,
  plainTwin,
  residualOf,
  residualOptions,
  styleOf,
  styleOptions,
  threeStages,
  unitOption,
  widthOf,
} from './options';

const options = {
  depth: integer(20, 8, 1202, 'Layers with weights: 6n+2 of basic blocks, 9n+2 of bottlenecks.'),
  block: choice('basic', ['basic', 'bottleneck'], 'Two 3x3 convolutions a block, or 1x1, 3x3, 1x1.'),
  width: integer(16, 1, 1024, 'Filters of the first stage.'),
  widthGrowth: amount(2, 1, 4, 'Each later stage has this many times the filters of the one before.'),
  ...threeStages,
  kernel: choice('3', ['1', '3', '5', '7'], 'Side of the convolutions inside the blocks.'),
  ...headOptions,
  ...styleOptions,
  ...residualOptions,
  shortcut: choice('pad', residualOptions.shortcut.values, residualOptions.shortcut.summary),
  unit: unitOption,
};

/** Names that are the ImageNet networks', unless the CIFAR ones are asked for. */
const imageNetDepths = [18, 34, 50, 101, 152];
/** The bottleneck networks of He 2016, though 164 is 6n+2 too. */
const bottleneckDepths = [164, 1001];

export const cifarResNet = defineFamily({
  id: 'cifar-resnet',
  names: [
    'resnetN and plainN with N = 6n+2',
    'cifar-resnetN',
    'preact-resnetN with N = 6n+2 or 9n+2',
    'bottleneck-resnetN with N = 9n+2',
  ],
  examples: [
    'resnet20',
    'resnet32',
    'resnet44',
    'resnet56',
    'resnet110',
    'resnet1202',
    'plain20',
    'plain56',
    'plain110',
    'preact-resnet20',
    'preact-resnet110',
    'preact-resnet164',
    'preact-resnet1001',
    'resnet164',
  ],
  citation:
    'He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition. CVPR 2016 (arXiv 1512.03385), section 4.2; Identity Mappings in Deep Residual Networks. ECCV 2016 (arXiv 1603.05027)',
  options,
  inputShape: [3, 32, 32],

  match(name) {
    const found = /^(cifar-)?(preact-)?(bottleneck-)?(resnet|plain)(\d+)$/.exec(name);
    if (!found) return null;
    const depth = Number(found[5]);
    if (!found[1] && !found[2] && !found[3] && imageNetDepths.includes(depth)) return null;
    const isOnlyBottleneck = depth > 10 && (depth - 2) % 6 !== 0 && (depth - 2) % 9 === 0;
    const isBottleneck = found[3] || isOnlyBottleneck || bottleneckDepths.includes(depth);
    const block = isBottleneck ? 'bottleneck' : 'basic';
    blocksAStage(depth, block);
    return {
      depth,
      block,
      ...(found[2] && { unit: 'full-preactivation' as const }),
      // Pre-activation networks, and bottlenecks, whose first block widens, project.
      ...((found[2] || block === 'bottleneck') && { shortcut: 'projection' as const }),
      ...(found[4] === 'plain' && { shortcut: 'none' as const }),
    };
  },

  title: ({ depth, shortcut, unit }) => {
    const name = shortcut === 'none' ? `Plain-${depth}` : `ResNet-${depth}`;
    return unit === 'original' ? name : t('{0}, {1}', name, units[unit].title);
  },

  build(b, x, settled) {
    const { depth, block, width, widthGrowth, kernel, unit } = settled;
    const count = blocksAStage(depth, block);
    const style = styleOf(settled);
    const residual = residualOf(settled, 3 * count);
    const stem = { out: width, kernel: 3 };
    let y =
      unit === 'full-preactivation' ? weightLayer(b, 1, x, stem, style) : convNorm(b, 1, x, stem, style);
    if (!units[unit].preactivated) y = activate(b, '', y, style);
    y = buildStages(b, y, [count, count, count], torchvisionStages, (input, place) => {
      const out = widthOf(settled, place.stage, Math.round(width * widthGrowth ** (place.stage - 1)));
      const stride = place.stage > 1 && place.block === 1 ? 2 : 1;
      const side = Number(kernel);
      const layers =
        block === 'basic'
          ? basicLayers(out, stride, side)
          : bottleneckLayers({ width: out, out: 4 * out, stride, strideIn: '3x3', kernel: side });
      const projection = unit === 'full-preactivation' ? bareProjection : torchvisionProjection;
      const kind = block === 'basic' ? 'basicBlock' : 'bottleneck';
      return residualBlock(b, place, input, { kind, layers, stride, projection }, style, residual);
    });
    if (unit === 'full-preactivation') y = normalize(b, '', y, style);
    if (units[unit].preactivated) y = activate(b, '', y, style);
    return classifier(b, y, settled, style);
  },

  twin: plainTwin,
});

function blocksAStage(depth: number, block: 'basic' | 'bottleneck'): number {
  const layers = block === 'basic' ? 6 : 9;
  if (depth >= layers + 2 && (depth - 2) % layers === 0) return (depth - 2) / layers;
  const n = Math.max(1, Math.floor((depth - 2) / layers));
  const [below, above] = [layers * n + 2, layers * (n + 1) + 2];
  throw new SkiplensError(
    'network/depth',
    block === 'basic'
      ? t(
          'A CIFAR residual network has 6n+2 layers, and {0} is not of that form; {1} and {2} are.',
          depth,
          below,
          above,
        )
      : t(
          'A CIFAR residual network of bottlenecks has 9n+2 layers, and {0} is not of that form; {1} and {2} are.',
          depth,
          below,
          above,
        ),
  );
}
