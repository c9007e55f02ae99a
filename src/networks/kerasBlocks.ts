/**
 * The Keras model that posts pass around, `ResNet(blocks, filters, kernel_size, strides)`: a strided stem, then
 * equal blocks that all stride. As posted (20 blocks of 64 filters, stride 2, no projection) its shapes do not
 * add, and it is refused with the reason; with projections, or with stride 1, it builds.
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { choice, integer, toggle } from '../base/options';
import { formatShape } from '../ir/tensorType';
import { classifier } from '../layers/classifier';
import { padsOf } from '../layers/conv2d';
import { activate, convNorm } from '../layers/convNormAct';
import { residualBlock } from '../layers/residualBlock';
import { buildStages } from '../layers/stages';
import { defineFamily } from './network';
import {
  epsilonOption,
  headOptions,
  momentumOption,
  plainTwin,
  residualOf,
  residualOptions,
  styleOf,
  styleOptions,
} from './options';

const options = {
  blocks: integer(20, 1, 200, 'Residual blocks, all alike.'),
  filters: integer(64, 1, 2048, 'Filters of every convolution.'),
  kernel: integer(3, 1, 15, 'Side of every convolution but the projections.'),
  strides: integer(2, 1, 4, 'Stride of the stem and of the first convolution of every block.'),
  projection: toggle(false, 'Whether a 1x1 convolution with the same stride shortens every skip.'),
  ...headOptions,
  ...styleOptions,
  init: choice('glorot-uniform', styleOptions.init.values, styleOptions.init.summary),
  bnMomentum: momentumOption(0.99),
  bnEpsilon: epsilonOption(1e-3),
  ...residualOptions,
  shortcut: choice('projection', ['projection', 'none'], 'None is the plain network.'),
};

export const kerasBlocks = defineFamily({
  id: 'keras-blocks',
  names: ['keras-blocks', 'keras-plain-blocks'],
  examples: ['keras-blocks'],
  citation: 'A Keras example that tutorials repeat, after He et al. 2015',
  options,
  inputShape: [3, 224, 224],
  order: 'channelsLast',
  aliases: { width: 'filters' },

  match: (name) =>
    name === 'keras-blocks' ? {} : name === 'keras-plain-blocks' ? { shortcut: 'none' as const } : null,

  title: ({ blocks, filters, shortcut }) =>
    shortcut === 'none'
      ? t('Keras plain blocks, {0} of {1} filters', blocks, filters)
      : t('Keras blocks, {0} of {1} filters', blocks, filters),

  build(b, x, settled) {
    const { blocks, filters, kernel, strides, projection, shortcut } = settled;
    const style = { ...styleOf(settled), bias: 'always' as const };
    const residual = residualOf(
      { ...settled, shortcut: projection && shortcut !== 'none' ? 'projection-everywhere' : shortcut },
      blocks,
    );
    const strided = { out: filters, kernel, stride: strides, padding: 'same' as const };
    let y = activate(b, '', convNorm(b, 1, x, { ...strided, name: 'conv', normName: 'bn' }, style), style);
    y = buildStages(b, y, [blocks], keras, (input, place) => {
      if (shortcut !== 'none' && !projection)
        refuseUnequal(input.type.shape, kernel, strides, filters, place.block);
      const layers = [strided, { out: filters, kernel, padding: 'same' as const }];
      const spec = {
        kind: 'basicBlock',
        layers,
        stride: strides,
        projection: { bias: true, norm: false, names: ['', 'projection', ''] as const },
        projectionPadding: 'same' as const,
      };
      return residualBlock(b, place, input, spec, style, residual);
    });
    return classifier(b, y, { ...settled, init: settled.init, name: 'dense' }, style);

    function refuseUnequal(
      shape: readonly number[],
      side: number,
      stride: number,
      out: number,
      block: number,
    ) {
      const pads = padsOf('same', { id: 0, name: '', type: { dtype: 'float32', shape } }, side, stride);
      const size = shape.slice(2).map((d, i) => Math.floor((d + pads[i] + pads[i + 2] - side) / stride) + 1);
      const branch = [out, ...size];
      if (branch.every((d, i) => d === shape[i + 1])) return;
      throw new SkiplensError(
        'network/shapes',
        t(
          'Block {0} cannot add its branch ({1}) to its input ({2}): strides={3} shrinks the branch, and without a projection nothing shrinks the skip. Set projection=true, or strides=1.',
          block,
          formatShape(branch, 'channelsLast'),
          formatShape(shape.slice(1), 'channelsLast'),
          stride,
        ),
      );
    }
  },

  twinName: () => 'keras-plain-blocks',
  twin: plainTwin,
});

const keras = { stage: () => '', block: (_: number, block: number) => `res_blocks.${block - 1}` };
