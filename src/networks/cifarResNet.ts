/**
 * The CIFAR networks of He et al. 2015, "Deep Residual Learning for Image Recognition", section 4.2: 6n+2 layers,
 * three stages of n basic blocks, 16, 32 and 64 filters, stride 2 into the second and third stage.
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { amount, choice, integer } from '../base/options';
import { activation, activationNames } from '../layers/activation';
import { basicBlock } from '../layers/basicBlock';
import { classifier } from '../layers/classifier';
import { convNorm } from '../layers/convNormAct';
import { initializations } from '../layers/initializers';
import { shortcutOptions } from '../layers/shortcut';
import type { Style } from '../layers/style';
import { defineFamily } from './network';

const options = {
  depth: integer(20, 8, 1202, 'Layers with weights, 6n+2.'),
  shortcut: choice(
    'pad',
    shortcutOptions,
    'What carries the input past a block where the shape changes; none is the plain network.',
  ),
  width: integer(16, 1, 256, 'Filters of the first stage; each later stage has twice as many.'),
  classes: integer(10, 2, 1000, 'Classes to tell apart.'),
  activation: choice('relu', activationNames, 'What follows every norm and every addition.'),
  norm: choice('batch', ['batch', 'none'] as const, 'Normalisation behind every convolution.'),
  init: choice('he-normal', initializations, 'How convolution weights start.'),
  bnMomentum: amount(
    0.9,
    0,
    1,
    'Share of the running statistics that a step keeps (PyTorch calls 1 minus this momentum).',
  ),
  bnEpsilon: amount(1e-5, 1e-12, 1, 'Added to the variance in batch norm.'),
};

export const cifarResNet = defineFamily({
  id: 'cifar-resnet',
  names: ['resnetN, plainN with N = 6n+2', 'cifar-resnetN'],
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
  ],
  citation:
    'He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition. CVPR 2016 (arXiv 1512.03385), section 4.2',
  options,
  inputShape: [3, 32, 32],

  match(name) {
    const found = /^(cifar-)?(resnet|plain)(\d+)$/.exec(name);
    if (!found) return null;
    const depth = Number(found[3]);
    // 18, 34, 50, 101 and 152 are the ImageNet networks, unless the CIFAR ones are asked for.
    if (!found[1] && [18, 34, 50, 101, 152].includes(depth)) return null;
    checkDepth(depth);
    return found[2] === 'plain' ? { depth, shortcut: 'none' } : { depth };
  },

  title: ({ depth, shortcut }) => (shortcut === 'none' ? `Plain-${depth}` : `ResNet-${depth}`),

  build(b, x, { depth, shortcut, width, classes, activation: act, norm, init, bnMomentum, bnEpsilon }) {
    checkDepth(depth);
    const style: Style = { activation: act, norm, init, epsilon: bnEpsilon, momentum: bnMomentum };
    let y = convNorm(b, 1, x, { out: width, kernel: 3 }, style);
    y = activation(b, 'relu', y, act);
    const blocks = (depth - 2) / 6;
    for (let stage = 1; stage <= 3; stage++)
      y = b.within(
        `stage${stage}`,
        () => {
          for (let i = 1; i <= blocks; i++) {
            const spec = { out: width * 2 ** (stage - 1), stride: stage > 1 && i === 1 ? 2 : 1, shortcut };
            y = basicBlock(b, `block${i}`, y, spec, style, String(i - 1));
          }
          return y;
        },
        `layer${stage}`,
      );
    return classifier(b, y, classes);
  },

  twin: (settled) => (settled.shortcut === 'none' ? null : { ...settled, shortcut: 'none' }),
});

function checkDepth(depth: number): void {
  if (depth < 8 || (depth - 2) % 6 !== 0) {
    const n = Math.max(1, Math.floor((depth - 2) / 6));
    throw new SkiplensError(
      'network/depth',
      t(
        'A CIFAR residual network has 6n+2 layers, and {0} is not of that form; {1} and {2} are.',
        depth,
        6 * n + 2,
        6 * n + 8,
      ),
    );
  }
}
