/**
 * Residual networks of dense layers, and their plain twins: two weight layers a block and the activation behind
 * the addition, as in the experiments on gradients at initialisation, where depth is cheap.
 */
import { choice, integer } from '../base/options';
import { classifier } from '../layers/classifier';
import { convNormAct } from '../layers/convNormAct';
import { flatten } from '../layers/pooling';
import { residualBlock } from '../layers/residualBlock';
import { buildStages } from '../layers/stages';
import { defineFamily } from './network';
import {
  headOptions,
  plainTwin,
  residualOf,
  residualOptions,
  styleOf,
  styleOptions,
  unitOption,
} from './options';

const options = {
  blocks: integer(9, 1, 600, 'Blocks, each of `layers` dense layers.'),
  layers: choice('2', ['1', '2', '3'], 'Dense layers a block.'),
  width: integer(128, 1, 8192, 'Units of every hidden layer.'),
  ...headOptions,
  ...styleOptions,
  init: choice('he-normal', styleOptions.init.values, 'How dense weights start.'),
  ...residualOptions,
  shortcut: choice(
    'identity',
    ['identity', 'projection-everywhere', 'none'],
    'What carries the input past a block; none is the plain network. Widths never change, so nothing else is needed.',
  ),
  unit: unitOption,
};

export const mlp = defineFamily({
  id: 'mlp',
  names: ['mlp-resnet', 'mlp-plain'],
  examples: ['mlp-resnet', 'mlp-plain'],
  citation:
    'Dense layers in the blocks of He et al. 2015, as in Balduzzi et al.: The Shattered Gradients Problem. ICML 2017 (arXiv 1702.08591)',
  options,
  inputShape: [3, 32, 32],
  match: (name) => (name === 'mlp-resnet' ? {} : name === 'mlp-plain' ? { shortcut: 'none' as const } : null),
  title: ({ blocks, layers, shortcut }) =>
    `MLP ${shortcut === 'none' ? 'Plain' : 'ResNet'}-${2 + Number(layers) * blocks}`,

  build(b, x, settled) {
    const { blocks, layers, width } = settled;
    const style = styleOf({ ...settled, shortcut: settled.shortcut === 'none' ? 'none' : 'projection' });
    const { shortcut } = settled;
    const residual = residualOf(
      { ...settled, shortcut: shortcut === 'identity' ? 'projection' : shortcut },
      blocks,
    );
    const dense = { out: width, kernel: 1 };
    const first = convNormAct(b, '', flatten(b, x), { ...dense, name: 'stem' }, style);
    const y = buildStages(b, first, [blocks], mlpStages, (input, place) =>
      residualBlock(
        b,
        place,
        input,
        { kind: 'denseBlock', layers: Array.from({ length: Number(layers) }, () => dense), stride: 1 },
        style,
        residual,
      ),
    );
    return classifier(b, y, settled, style);
  },

  twin: plainTwin,
});

const mlpStages = { stage: () => 'blocks', block: (_: number, block: number) => String(block - 1) };
