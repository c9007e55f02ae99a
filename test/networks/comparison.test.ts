import { describe, expect, it } from 'vitest';
import { findNetwork } from '../../src/networks';
import { compareNetworks, figuresOf } from '../../src/networks/comparison';

describe('two networks side by side', () => {
  it("explains Keras' and torchvision's ResNet-50: 53,120 statistics and 26,560 biases apart", () => {
    const { a, b, remarks } = compareNetworks(findNetwork('keras-resnet50'), findNetwork('resnet50'));
    expect(a.parameters.total).toBe(25_636_712);
    expect(b.parameters.trainable).toBe(25_557_032);
    expect(a.parameters.nonTrainable).toBe(53_120);
    expect(a.parameters.convolutionBiases - b.parameters.convolutionBiases).toBe(26_560);
    expect(remarks.join(' ')).toContain('53,120 of 25,636,712 parameters are moving statistics');
    expect(remarks.join(' ')).toContain('26,560 biases in its convolutions');
    expect(remarks.join(' ')).toContain('both have the same 25,557,032 parameters.');
  });

  it("tells where multiply-adds of the same parameters differ: Keras' strides are in the first 1x1", () => {
    const [torchvision, keras] = [findNetwork('resnet50'), findNetwork('keras-resnet50')];
    const { a, b, remarks } = compareNetworks(torchvision, keras);
    expect([a.macs, b.macs]).toEqual([4_089_184_256, 3_857_973_248]);
    expect(remarks.join(' ')).toContain(
      'ResNet-50 in 7x7 ×1, 3x3 ×3, 1x1 ×3; Keras ResNet50 in 7x7 ×1, 1x1 ×6.',
    );
    const likeKeras = findNetwork('resnet50', { options: { strideIn: '1x1' } });
    const exact = compareNetworks(likeKeras, keras);
    expect(exact.a.macs).toBe(3_857_973_248);
    expect(exact.a.activationBytes).toBe(exact.b.activationBytes);
    expect(exact.remarks.join(' ')).not.toContain('multiply-adds');
    expect(compareNetworks(torchvision, likeKeras).remarks).toHaveLength(1);
  });

  it('finds ResNet-18 smaller than AlexNet and dearer to run', () => {
    const { ratios } = compareNetworks(findNetwork('alexnet'), findNetwork('resnet18'));
    expect(ratios.parameters).toBeCloseTo(11_699_112 / 61_100_840, 10);
    expect(ratios.macs).toBeCloseTo(1_814_073_344 / 714_188_480, 10);
  });

  it.each([
    ['resnet20', 20],
    ['plain56', 56],
    ['resnet1202', 1202],
    ['preact-resnet164', 164],
    ['resnet18', 18],
    ['resnet50', 50],
    ['resnet152v2', 152],
    ['vgg19', 19],
    ['alexnet', 8],
    ['mlp-resnet', 20],
  ] as const)('%s is %d layers deep on its longest way', (name, depth) => {
    expect(figuresOf(findNetwork(name)).depth).toBe(depth);
  });

  it('counts the memory of every layer output', () => {
    const { activationBytes } = figuresOf(
      findNetwork('sequential-cnn', { options: { blocks: 1, filters: 2, units: 3 }, input: [1, 4, 4] }),
    );
    // conv 2x2x2, activation 2x2x2, pool 2x1x1, flatten 2, dense 3, activation 3, dense 10: float32.
    expect(activationBytes).toBe(4 * (8 + 8 + 2 + 2 + 3 + 3 + 10));
  });

  it('has nothing to explain between a network and itself', () => {
    expect(compareNetworks(findNetwork('resnet20'), findNetwork('resnet20')).remarks).toEqual([]);
  });
});
