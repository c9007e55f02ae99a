/**
 * AlexNet in torchvision's form, which is the single-column network of Krizhevsky 2014: five convolutions, three
 * dense layers, dropout, no normalisation. A block is one convolution with its activation.
 */
import { amount, choice, integer } from '../base/options';
import { activation } from '../layers/activation';
import { conv2d } from '../layers/conv2d';
import { dense } from '../layers/dense';
import { dropout } from '../layers/dropout';
import { flatten, maxPool } from '../layers/pooling';
import { defineFamily } from './network';
import { headOptions, styleOptions } from './options';

/** Filters at width 64, position in torchvision's `features`, and whether a 3x3/2 max-pool follows. */
const convolutions = [
  { out: 64, kernel: 11, stride: 4, padding: 2, at: 0, pooled: true },
  { out: 192, kernel: 5, stride: 1, padding: 2, at: 3, pooled: true },
  { out: 384, kernel: 3, stride: 1, padding: 1, at: 6, pooled: false },
  { out: 256, kernel: 3, stride: 1, padding: 1, at: 8, pooled: false },
  { out: 256, kernel: 3, stride: 1, padding: 1, at: 10, pooled: true },
] as const;

const options = {
  width: integer(64, 1, 512, 'Filters of the first convolution; the others keep their proportions.'),
  units: integer(4096, 1, 8192, 'Units of the two hidden dense layers.'),
  ...headOptions,
  classes: integer(1000, 2, 100_000, headOptions.classes.summary),
  dropout: amount(0.5, 0, 0.95, 'Share of the input of each hidden dense layer that training drops.'),
  activation: styleOptions.activation,
  init: choice('pytorch-uniform', styleOptions.init.values, styleOptions.init.summary),
};

export const alexNet = defineFamily({
  id: 'alexnet',
  names: ['alexnet'],
  examples: ['alexnet'],
  citation:
    'Krizhevsky: One weird trick for parallelizing convolutional neural networks. 2014 (arXiv 1404.5997), after Krizhevsky, Sutskever, Hinton 2012',
  options,
  inputShape: [3, 224, 224],
  match: (name) => (name === 'alexnet' ? {} : null),
  title: () => 'AlexNet',

  build(b, x, { width, units, classes, dropout: rate, activation: act, init }) {
    let y = b.within('features', () => {
      let z = x;
      for (const [i, { at, pooled, out, ...window }] of convolutions.entries()) {
        const input = z;
        const spec = { ...window, out: Math.max(1, Math.round((out * width) / 64)), bias: true, init };
        const body = () => ({
          output: activation(b, '', conv2d(b, 'conv', input, spec, String(at)), act),
          fork: null,
        });
        z = b.block(`block${i + 1}`, 'convLayer', input, body, '', `features.${at}`);
        if (pooled) z = maxPool(b, `maxpool${i + 1}`, z, { kernel: 3, stride: 2 });
      }
      return z;
    });
    y = flatten(b, y);
    return b.within('classifier', () => {
      for (const [i, name] of ['1', '4'].entries()) {
        y = dense(b, `fc${i + 1}`, dropout(b, `dropout${i + 1}`, y, rate), { out: units, init }, name);
        y = activation(b, i + 1, y, act);
      }
      return dense(b, 'fc3', y, { out: classes, init }, '6');
    });
  },

  twin: () => null,
});
