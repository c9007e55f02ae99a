/**
 * VGG, configurations D and E (Simonyan and Zisserman 2015), with and without batch norm, in torchvision's names:
 * plain networks of 16 and 19 layers to compare with. A block is one convolution with its norm and activation.
 */
import { amount, choice, integer } from '../base/options';
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { activation } from '../layers/activation';
import { conv2d } from '../layers/conv2d';
import { dense } from '../layers/dense';
import { dropout } from '../layers/dropout';
import { normalize } from '../layers/norm';
import { flatten, maxPool } from '../layers/pooling';
import type { Style } from '../layers/style';
import { defineFamily } from './network';
import { headOptions, styleOf, styleOptions } from './options';

/** Convolutions a stage. */
const stages = { '16': [2, 2, 3, 3, 3], '19': [2, 2, 4, 4, 4] } as const;

const options = {
  depth: choice('16', ['16', '19'], 'Layers with weights.'),
  width: integer(64, 1, 512, 'Filters of the first stage; doubled to the fourth.'),
  units: integer(4096, 1, 8192, 'Units of the two hidden dense layers.'),
  ...headOptions,
  classes: integer(1000, 2, 100_000, headOptions.classes.summary),
  dropout: amount(0.5, 0, 0.95, 'Share of each hidden dense layer that training drops.'),
  ...styleOptions,
  norm: choice('none', styleOptions.norm.values, styleOptions.norm.summary),
  init: choice('he-fan-out-normal', styleOptions.init.values, styleOptions.init.summary),
};

export const vgg = defineFamily({
  id: 'vgg',
  names: ['vgg16, vgg19', 'vgg16-bn, vgg19-bn'],
  examples: ['vgg16', 'vgg19', 'vgg16-bn', 'vgg19-bn'],
  citation:
    'Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition. ICLR 2015 (arXiv 1409.1556)',
  options,
  inputShape: [3, 224, 224],

  match(name) {
    const found = /^vgg-?(16|19)(-bn)?$/.exec(name);
    return found && { depth: found[1], ...(found[2] && { norm: 'batch' }) };
  },

  title: ({ depth, norm }) => (norm === 'none' ? `VGG-${depth}` : `VGG-${depth}, ${norm} norm`),

  build(b, x, settled) {
    const style = styleOf(settled);
    let y = b.within('features', () => features(b, x, settled.depth, settled.width, style));
    y = flatten(b, y);
    return b.within('classifier', () => {
      for (const [i, name] of ['0', '3'].entries()) {
        y = dense(b, `fc${i + 1}`, y, { out: settled.units, init: settled.init }, name);
        y = dropout(b, `dropout${i + 1}`, activation(b, i + 1, y, settled.activation), settled.dropout);
      }
      return dense(b, 'fc3', y, { out: settled.classes, init: 'lecun-normal' }, '6');
    });
  },

  twin: () => null,
});

function features(b: Builder, x: Value, depth: '16' | '19', width: number, style: Style): Value {
  let y = x;
  // Position in torchvision's Sequential, where norms, activations and pools count.
  let position = 0;
  for (const [s, count] of stages[depth].entries())
    y = b.within(
      `stage${s + 1}`,
      () => {
        for (let i = 1; i <= count; i++) {
          const input = y;
          const at = position;
          position += style.norm === 'none' ? 2 : 3;
          const spec = {
            out: width * 2 ** Math.min(s, 3),
            kernel: 3,
            bias: true,
            init: style.init,
          };
          const body = () => {
            const z = conv2d(b, 'conv', input, spec, String(at));
            const normal = normalize(b, '', z, style, { name: String(at + 1) });
            return { output: activation(b, '', normal, style.activation), fork: null };
          };
          y = b.block(`block${i}`, 'convLayer', input, body, '', `features.${at}`);
        }
        position++;
        return maxPool(b, 'maxpool', y, { kernel: 2, stride: 2 });
      },
      '',
    );
  return y;
}
