/**
 * Networks whose gradients PyTorch has computed too (pytorch/networks.py, float64; its results are kept beside it):
 * the float64 reference must give the same loss and the same gradient norm of every parameter, under its name.
 */
import path from 'node:path';
import { describe, it } from 'vitest';
import { findNetwork, type NetworkChoice } from '../../src/networks';
import { type Computed, expectPyTorch, readComputed } from '../againstPyTorch';

type Options = NonNullable<NetworkChoice['options']>;

interface Case extends Computed {
  readonly case: string;
}

const computed = readComputed<Case>(path.join(import.meta.dirname, 'pytorch', 'gradients.jsonl'));

const cifar = (options: Options) =>
  findNetwork('resnet8', { input: [3, 8, 8], options: { width: 4, classes: 3, groups: 4, ...options } });
const large = (name: string, options: Options = {}) =>
  findNetwork(name, { input: [3, 64, 64], options: { width: 4, classes: 3, ...options } });
const noDropout = { units: 8, dropout: 0, classes: 3, width: 4 };

const units: Readonly<Record<string, string>> = {
  'relu-only': 'relu-only-preactivation',
  full: 'full-preactivation',
};

/** How a person asks for the network of a case. */
function networkOf(name: string) {
  const [word, rest] = name.split(/[ /](.*)/s);
  switch (word) {
    case 'skip':
      return cifar({ skip: rest });
    case 'activation':
      return cifar({ activation: rest });
    case 'norm':
      return cifar({ norm: rest });
    case 'scaling':
      return cifar({ scaling: rest, branchScale: 0.25, ...(rest === 'fixup' && { norm: 'none' }) });
    case 'keras':
      return large(`${{ v1: 'keras-resnet50', v2: 'resnet50v2', next: 'keras-resnext50' }[rest]}`);
    case 'resnext50-4x16d':
    case 'wide-resnet50-2':
    case 'resnet18':
    case 'resnet50':
      return large(word);
    case 'vgg16':
    case 'vgg16-bn':
      return findNetwork(word, { input: [3, 32, 32], options: noDropout });
    case 'alexnet':
      return findNetwork(word, { input: [3, 64, 64], options: noDropout });
    case 'mlp-resnet':
    case 'mlp-plain':
      return findNetwork(word, { input: [3, 4, 4], options: { blocks: 2, width: 6, classes: 3 } });
    case 'keras-blocks':
      return findNetwork(word, {
        input: [3, 15, 18],
        options: { blocks: 2, filters: 4, projection: true, classes: 3 },
      });
    default:
      return cifar({ unit: units[word] ?? word, shortcut: rest });
  }
}

describe('PyTorch and the reference agree in float64', () => {
  it.each(computed)('$case', (one) => expectPyTorch(networkOf(one.case), one));
});
