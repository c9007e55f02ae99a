/**
 * The names that people arrive with, and the errors that papers print for them: each network resolves with title,
 * citation, options and counts, and each published figure stands beside the network that it was measured with.
 */
import { describe, expect, it } from 'vitest';
import type { OptionSpec } from '../../src/base/options';
import { families, findNetwork, publishedErrors } from '../../src/networks';
import { figuresOf } from '../../src/networks/comparison';
import type { Family } from '../../src/networks/network';
import { figuresTable } from '../../src/workspace/figures';

const names = [
  ...['resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152', 'plain18', 'plain34'],
  ...['keras-resnet50', 'keras-resnet101', 'keras-resnet152', 'resnet50v2', 'resnet101v2', 'resnet152v2'],
  ...['resnet20', 'resnet32', 'resnet44', 'resnet56', 'resnet110', 'resnet1202', 'resnet8', 'resnet62'],
  ...['preact-resnet20', 'preact-resnet110', 'preact-resnet164', 'preact-resnet1001', 'resnet164'],
  ...['bottleneck-resnet29', 'd2l-resnet18', 'sequential-cnn', 'vgg16', 'vgg19', 'vgg16-bn', 'vgg19-bn'],
  ...[
    'alexnet',
    'mlp-resnet',
    'mlp-plain',
    'resnext50',
    'wide-resnet50-2',
    'keras-resnext50',
    'hyper-resnet',
  ],
];

describe('names that people type', () => {
  it.each(names)('%s', (name) => {
    const network = findNetwork(name);
    expect(network.title.length).toBeGreaterThan(3);
    expect(network.citation).toMatch(/\d{4}|[Kk]eras|TensorFlow/);
    const { options } = (families as Record<string, Family>)[network.family];
    for (const [option, spec] of Object.entries<OptionSpec>(options)) {
      expect(spec.summary, option).toMatch(/\.$/);
      expect(network.options[option], option).toBeDefined();
      if (spec.kind === 'integer' || spec.kind === 'number')
        expect(spec.default >= spec.min && spec.default <= spec.max, option).toBe(true);
    }
    // The deep ones are counted in counts.test.ts.
    if (/1001|1202/.test(name)) return;
    const { parameters, macs, activationBytes, depth } = figuresOf(network);
    for (const figure of [parameters.trainable, macs, activationBytes, depth])
      expect(figure).toBeGreaterThan(0);
  });

  it('keras-blocks is refused as it is posted, and builds with projections', () => {
    expect(() => findNetwork('keras-blocks').build(1, 'inference')).toThrow(/cannot add its branch/);
    expect(figuresOf(findNetwork('keras-blocks', { options: { projection: true } })).depth).toBe(42);
  });
});

/** Network, options, error in percent (null where training fails), as the papers print them. */
const published: readonly (readonly [string, Readonly<Record<string, string | number>>, number | null])[] = [
  ...(
    [
      [20, 8.75],
      [32, 7.51],
      [44, 7.17],
      [56, 6.97],
      [110, 6.43],
      [1202, 7.93],
    ] as const
  ).map(([depth, error]) => [`resnet${depth}`, {}, error] as const),
  // He 2016, table 1: what acts on the skip.
  ['resnet110', {}, 6.61],
  ['plain110', {}, null],
  ['resnet110', { skip: 'scaled', skipScale: 0.5 }, null],
  ['resnet110', { skip: 'scaled', skipScale: 0.5, scaling: 'constant', branchScale: 0.5 }, 12.35],
  ['resnet110', { skip: 'exclusive-gate', gateBias: -6 }, 8.7],
  ['resnet110', { skip: 'exclusive-gate', gateBias: -5 }, null],
  ['resnet110', { skip: 'shortcut-gate', gateBias: 0 }, 12.86],
  ['resnet110', { skip: 'shortcut-gate', gateBias: -6 }, 6.91],
  ['resnet110', { skip: 'conv' }, 12.22],
  ['resnet110', { skip: 'dropout', skipDropout: 0.5 }, null],
  // He 2016, table 2: the units, at 110 and 164 layers.
  ['resnet110', { unit: 'bn-after-addition' }, 8.17],
  ['resnet110', { unit: 'relu-before-addition' }, 7.84],
  ['resnet110', { unit: 'relu-only-preactivation' }, 6.71],
  ['preact-resnet110', {}, 6.37],
  ['resnet164', {}, 5.93],
  ['resnet164', { unit: 'bn-after-addition' }, 6.5],
  ['resnet164', { unit: 'relu-before-addition' }, 6.14],
  ['resnet164', { unit: 'relu-only-preactivation' }, 5.91],
  ['preact-resnet164', {}, 5.46],
  ['resnet1001', {}, 7.61],
  ['preact-resnet1001', {}, 4.92],
  // Stochastic depth, linear decay to a half.
  ['resnet110', { survival: 0.5 }, 5.25],
  ['resnet1202', { survival: 0.5 }, 4.91],
  // ImageNet.
  ['plain18', {}, 27.94],
  ['resnet18', { shortcut: 'pad' }, 27.88],
  ['plain34', {}, 28.54],
  ['resnet34', { shortcut: 'pad' }, 25.03],
  ['resnet34', {}, 24.52],
  ['resnet34', { shortcut: 'projection-everywhere' }, 24.19],
  ['resnet50', {}, 22.85],
  ['resnet101', {}, 21.75],
  ['resnet152', {}, 21.43],
  ['keras-resnet50', {}, 25.1],
  ['keras-resnet101', {}, 23.6],
  ['keras-resnet152', {}, 23.4],
  ['resnet50v2', {}, 24],
  ['resnet101v2', {}, 22.8],
  ['resnet152v2', {}, 22],
  ['d2l-resnet18', {}, 10.7],
];

describe('published errors', () => {
  it.each(published)('%s %j: %d %%', (name, options, error) => {
    const found = publishedErrors(findNetwork(name, { options }));
    expect(found.map(({ errorPercent }) => errorPercent)).toContain(error);
    for (const { source, dataset, measure } of found)
      expect([source, dataset, measure].every((word) => word.length > 3)).toBe(true);
  });

  it('are said in the figures of networks side by side, once each', () => {
    const { remarks } = figuresTable([findNetwork('resnet56'), findNetwork('resnet56')]);
    expect(remarks).toEqual([
      'Published for ResNet-56 on CIFAR-10: 6.97 % test error, one run (He et al. 2015, table 6).',
    ]);
  });
});
