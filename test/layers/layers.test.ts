/** What layers are called, what they make of shapes, and how their parameters start. */
import { describe, expect, it } from 'vitest';
import { batchNormWords } from '../../src/layers/batchNormWords';
import { padsOf } from '../../src/layers/conv2d';
import { initializations, initializerFor } from '../../src/layers/initializers';
import { findNetwork, type NetworkChoice } from '../../src/networks';

const built = (options: NetworkChoice['options'], name = 'resnet8') =>
  findNetwork(name, { options: { width: 4, ...options }, input: [3, 8, 8] }).build(2, 'training');
const scopes = (options: NetworkChoice['options']) => built(options).layers.map((l) => l.scope);

describe('names', () => {
  it('keep torchvision and the scope paths for the networks of He', () => {
    const graph = built({ shortcut: 'projection' });
    expect(graph.layers.map((l) => l.scope).slice(0, 9)).toEqual([
      'conv1',
      'bn1',
      'relu',
      'stage1/block1/conv1',
      'stage1/block1/bn1',
      'stage1/block1/relu1',
      'stage1/block1/conv2',
      'stage1/block1/bn2',
      'stage1/block1/add',
    ]);
    const names = graph.parameters.map((p) => p.value.name);
    expect(names).toContain('layer2.0.downsample.0.weight');
    expect(names).toContain('layer2.0.downsample.1.running_mean');
  });

  it('follow the activation and the norm', () => {
    expect(scopes({ activation: 'leaky-relu' })).toContain('stage1/block1/leakyRelu1');
    expect(scopes({ activation: 'gelu' })).toContain('gelu');
    const grouped = built({ norm: 'group' });
    expect(grouped.layers.map((l) => l.scope)).toContain('stage1/block1/gn2');
    expect(grouped.parameters.map((p) => p.value.name)).toContain('layer1.0.bn2.weight');
    expect(grouped.parameters.every((p) => p.trainable)).toBe(true);
  });

  it('show what acts on skips and branches', () => {
    const gated = built({ skip: 'exclusive-gate' });
    expect(gated.blocks.map((k) => k.fork!.shortcut)).toEqual(['gate', 'gate', 'gate']);
    expect(gated.layers.map((l) => l.scope)).toContain('stage1/block1/gateBranch');
    const gate = gated.parameters.find((p) => p.value.name === 'layer1.0.gate.bias')!;
    expect(gate.initializer).toEqual({ kind: 'constant', value: -6 });
    expect(built({}).blocks.map((k) => k.fork!.shortcut)).toEqual(['identity', 'pad', 'pad']);
    const pooled = findNetwork('resnet50v2', { options: { width: 4 }, input: [3, 32, 32] }).build(
      1,
      'training',
    );
    expect(pooled.blocks.map((k) => k.fork!.shortcut).filter((k) => k === 'pool')).toHaveLength(3);
    expect(pooled.blocks[2]).toMatchObject({ scope: 'stage1/block3', name: 'conv2_block3' });
    expect(pooled.blocks[2].fork!.shortcut).toBe('pool');
  });
});

describe('starts', () => {
  const parameters = (options: NetworkChoice['options']) =>
    new Map(built(options).parameters.map((p) => [p.value.name, p.initializer]));

  it('zero-gamma starts the last norm of every branch at 0, and no other', () => {
    const starts = parameters({ zeroGamma: true });
    expect(starts.get('layer1.0.bn2.weight')).toEqual({ kind: 'zeros' });
    expect(starts.get('layer1.0.bn1.weight')).toEqual({ kind: 'ones' });
    expect(starts.get('bn1.weight')).toEqual({ kind: 'ones' });
  });

  it('Fixup starts last layers at 0 and draws the others L^(-1/2) times smaller for two layers a branch', () => {
    const starts = parameters({ scaling: 'fixup', norm: 'none' });
    expect(starts.get('layer1.0.conv2.weight')).toEqual({ kind: 'zeros' });
    expect(starts.get('fc.weight')).toEqual({ kind: 'zeros' });
    expect(starts.get('layer1.0.conv1.weight')).toMatchObject({
      gain: expect.closeTo(Math.SQRT2 / Math.sqrt(3), 12),
      fan: 36,
    });
    expect(starts.get('conv1.weight')).toMatchObject({ gain: Math.SQRT2 });
    expect(starts.get('layer1.0.scale')).toEqual({ kind: 'ones' });
    expect(starts.get('layer1.0.bias1a')).toEqual({ kind: 'zeros' });
  });

  it('SkipInit and ReZero start every branch at 0', () => {
    expect(parameters({ scaling: 'skipinit' }).get('layer3.0.scale')).toEqual({ kind: 'zeros' });
    expect(parameters({ scaling: 'rezero' }).get('layer3.0.scale')).toEqual({ kind: 'zeros' });
  });

  it('variances are those of the papers, for a 3x3 convolution from 8 to 16 channels', () => {
    const variance = (name: (typeof initializations)[number]) => {
      const start = initializerFor(name, [16, 8, 3, 3]);
      return start.kind === 'scaled' ? start.gain ** 2 / start.fan : Number.NaN;
    };
    expect(variance('he-normal')).toBeCloseTo(2 / 72, 12);
    expect(variance('he-fan-out-normal')).toBeCloseTo(2 / 144, 12);
    expect(variance('glorot-uniform')).toBeCloseTo(2 / (72 + 144), 12);
    expect(variance('lecun-normal')).toBeCloseTo(1 / 72, 12);
    expect(variance('pytorch-uniform')).toBeCloseTo(1 / (3 * 72), 12);
    for (const name of initializations) expect(variance(name)).toBeGreaterThan(0);
  });
});

describe("TensorFlow's padding", () => {
  const image = (height: number, width: number) =>
    ({ id: 0, name: 'x', type: { dtype: 'float32', shape: [1, 1, height, width] } }) as const;

  it('puts the odd zero behind', () => {
    expect(padsOf('same', image(224, 224), 3, 2)).toEqual([0, 0, 1, 1]);
    expect(padsOf('same', image(7, 8), 3, 2)).toEqual([1, 0, 1, 1]);
    expect(padsOf('same', image(5, 5), 3, 1)).toEqual([1, 1, 1, 1]);
    expect(padsOf('same', image(5, 5), 1, 2)).toEqual([0, 0, 0, 0]);
  });
});

describe("batch norm's momentum in words", () => {
  it('says what each framework calls it, and what is left of the start', () => {
    const words = batchNormWords({ momentum: 0.99, epsilon: 1e-3 }, 100);
    expect(words).toContain('Keras calls this momentum 0.99, PyTorch momentum 0.01');
    expect(words).toContain('after 100 steps 37 % of their start is left');
    expect(batchNormWords({ momentum: 0.9, epsilon: 1e-5 }, 100)).toContain('less than 1 %');
  });
});
