/**
 * The ResNet-18 of "Dive into Deep Learning", section 8.6 (7.6 in older prints): He's, but with biases in every
 * convolution, and on the skip a 1x1 convolution without batch norm.
 */
import { choice, integer } from '../base/options';
import { classifier } from '../layers/classifier';
import { activate, convNorm } from '../layers/convNormAct';
import { maxPool } from '../layers/pooling';
import { basicLayers, residualBlock } from '../layers/residualBlock';
import { buildStages } from '../layers/stages';
import { defineFamily } from './network';
import {
  fourStages,
  headOptions,
  plainTwin,
  residualOf,
  residualOptions,
  styleOf,
  styleOptions,
  widthOf,
} from './options';

const options = {
  width: integer(
    64,
    1,
    512,
    'Filters of the stem and of the first stage; each later stage has twice as many.',
  ),
  ...fourStages,
  blocks: integer(2, 1, 16, 'Blocks a stage.'),
  ...headOptions,
  ...styleOptions,
  init: choice('glorot-uniform', styleOptions.init.values, styleOptions.init.summary),
  ...residualOptions,
};

export const d2lResNet = defineFamily({
  id: 'd2l-resnet',
  names: ['d2l-resnet18', 'd2l-plain18'],
  examples: ['d2l-resnet18'],
  citation:
    'Zhang, Lipton, Li, Smola: Dive into Deep Learning (d2l.ai), Residual Networks, after He et al. 2015',
  options,
  inputShape: [1, 96, 96],

  match: (name) =>
    name === 'd2l-resnet18' ? {} : name === 'd2l-plain18' ? { shortcut: 'none' as const } : null,

  title: ({ shortcut, blocks }) => `d2l ${shortcut === 'none' ? 'Plain' : 'ResNet'}-${2 + 8 * blocks}`,

  build(b, x, settled) {
    const { width, blocks } = settled;
    const style = { ...styleOf(settled), bias: 'always' as const };
    const residual = residualOf(settled, 4 * blocks);
    const stem = { out: width, kernel: 7, stride: 2, name: '0', normName: '1' };
    let y = b.within(
      'stem',
      () => {
        const normal = activate(b, '', convNorm(b, 1, x, stem, style), style);
        return maxPool(b, 'maxpool', normal, { kernel: 3, stride: 2, padding: 1 });
      },
      'b1',
    );
    y = buildStages(b, y, [blocks, blocks, blocks, blocks], d2lStages, (input, place) => {
      const stride = place.stage > 1 && place.block === 1 ? 2 : 1;
      const spec = {
        kind: 'basicBlock',
        layers: basicLayers(widthOf(settled, place.stage, width * 2 ** (place.stage - 1)), stride),
        stride,
        projection: { bias: true, norm: false, names: ['', 'conv3', ''] as const },
      };
      return residualBlock(b, place, input, spec, style, residual);
    });
    return classifier(b, y, settled, style);
  },

  twin: plainTwin,
});

const d2lStages = {
  stage: (stage: number) => `b${stage + 1}`,
  block: (_: number, block: number) => String(block - 1),
};
