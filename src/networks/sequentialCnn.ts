/**
 * The Sequential CNN of TensorFlow's image tutorial: three times convolution, ReLU and max-pool, then two dense
 * layers; no normalisation and no skips. A block is a bare convolution or dense layer, before its activation.
 */
import { choice, integer } from '../base/options';
import { activation } from '../layers/activation';
import { conv2d } from '../layers/conv2d';
import { dense } from '../layers/dense';
import { dropout } from '../layers/dropout';
import { flatten, maxPool } from '../layers/pooling';
import { defineFamily } from './network';
import { headOptions, styleOptions } from './options';

const options = {
  blocks: integer(3, 1, 8, 'Convolutions, each followed by activation and 2x2 max-pool.'),
  filters: integer(32, 1, 1024, 'Filters of every convolution.'),
  kernel: integer(3, 1, 15, 'Side of every convolution; nothing is padded.'),
  units: integer(128, 1, 8192, 'Units of the hidden dense layer.'),
  ...headOptions,
  activation: styleOptions.activation,
  init: choice('glorot-uniform', styleOptions.init.values, styleOptions.init.summary),
};

export const sequentialCnn = defineFamily({
  id: 'sequential-cnn',
  names: ['sequential-cnn'],
  examples: ['sequential-cnn'],
  citation: 'TensorFlow tutorials: "Load and preprocess images"',
  options,
  inputShape: [3, 180, 180],
  order: 'channelsLast',
  aliases: { width: 'filters' },
  match: (name) => (name === 'sequential-cnn' ? {} : null),
  title: ({ blocks }) => (blocks === 3 ? 'Sequential CNN' : `Sequential CNN-${blocks}`),

  build(b, x, { blocks, filters, kernel, units, classes, dropout: rate, activation: act, init }) {
    let y = x;
    for (let i = 1; i <= blocks; i++) {
      const input = y;
      const spec = { out: filters, kernel, padding: 0, bias: true, init };
      y = b.block(`conv${i}`, 'convLayer', input, () => ({
        output: conv2d(b, 'conv', input, spec, ''),
        fork: null,
      }));
      y = maxPool(b, `pool${i}`, activation(b, i, y, act), { kernel: 2, stride: 2 });
    }
    const rows = flatten(b, y);
    y = b.block('dense1', 'denseLayer', rows, () => ({
      output: dense(b, 'dense', rows, { out: units, init }, ''),
      fork: null,
    }));
    y = dropout(b, 'dropout', activation(b, blocks + 1, y, act), rate);
    return dense(b, 'dense2', y, { out: classes, init });
  },

  twin: () => null,
});
