/** Names, twins, refusals and published figures. */
import { describe, expect, it } from 'vitest';
import { families, findNetwork, publishedErrors } from '../../src/networks';
import type { Family } from '../../src/networks/network';

const examples = Object.values<Family>(families).flatMap((f) => f.examples);

describe('names', () => {
  it.each(examples)('%s is a network with title, citation and shapes', (name) => {
    const network = findNetwork(name);
    expect(network.title).not.toBe('');
    expect(network.citation).toMatch(/\d{4}|Keras|TensorFlow/);
    expect(network.classes).toBeGreaterThan(1);
    expect(families).toHaveProperty(network.family);
  });

  it('has no example that two families claim', () => {
    for (const name of examples) {
      const claims = Object.values<Family>(families).filter((f) => {
        try {
          return f.match(name) !== null;
        } catch {
          return true;
        }
      });
      expect(claims.map((f) => f.id)).toEqual([findNetwork(name).family]);
    }
  });

  it('keeps 18, 34, 50, 101 and 152 for ImageNet unless CIFAR is said', () => {
    expect(findNetwork('resnet50').family).toBe('imagenet-resnet');
    expect(findNetwork('plain50').family).toBe('imagenet-resnet');
    expect(findNetwork('cifar-resnet50').family).toBe('cifar-resnet');
    expect(() => findNetwork('cifar-resnet18')).toThrow('6n+2');
  });

  it("takes torchvision's spellings too", () => {
    expect(findNetwork('vgg16_bn').options).toEqual(findNetwork('vgg16-bn').options);
    expect(findNetwork('wide_resnet50_2').options).toEqual(findNetwork('wide-resnet50-2').options);
    expect(findNetwork('resnext50').options).toEqual(findNetwork('resnext50_32x4d').options);
  });

  it('makes bottlenecks where it is asked to, or where nothing else has the depth', () => {
    expect(findNetwork('bottleneck-resnet56').options).toMatchObject({ depth: 56, block: 'bottleneck' });
    expect(findNetwork('resnet56').options).toMatchObject({ block: 'basic' });
    expect(findNetwork('resnet29').options).toMatchObject({ block: 'bottleneck', shortcut: 'projection' });
    expect(findNetwork('preact-resnet164').options).toMatchObject({ block: 'bottleneck' });
    expect(() => findNetwork('bottleneck-resnet32')).toThrow('29 and 38 are');
  });

  it('refuses other depths with the nearest ones', () => {
    expect(() => findNetwork('resnet21')).toThrow(
      'A CIFAR residual network has 6n+2 layers, and 21 is not of that form; 20 and 26 are.',
    );
    expect(() => findNetwork('preact-resnet18')).toThrow('6n+2');
    const bottleneck = { options: { block: 'bottleneck' } };
    expect(() => findNetwork('resnet32', bottleneck).build(1, 'training')).toThrow('29 and 38 are');
  });

  it('names what exists where a name does not', () => {
    expect(() => findNetwork('resnetwhatever')).toThrow(/no network called "resnetwhatever".*vgg16/);
  });
});

describe('options that go by several words', () => {
  it('sets the filters of every stage by itself', () => {
    const options = { shortcut: 'projection', width: 8, width2: 10, width3: 12 };
    const { blocks } = findNetwork('resnet8', { options }).build(1, 'inference');
    expect(blocks.map((b) => b.output.type.shape[1])).toEqual([8, 10, 12]);
    const wide = findNetwork('resnet50', { options: { width: 8, width4: 20 }, input: [3, 32, 32] });
    const shapes = wide.build(1, 'inference').blocks.map((b) => b.output.type.shape[1]);
    expect([...new Set(shapes)]).toEqual([32, 64, 128, 80]);
  });

  it('refuses to pad a skip to fewer channels', () => {
    expect(() => findNetwork('resnet8', { options: { width2: 4 } }).build(1, 'training')).toThrow(
      'A skip that is padded cannot go from 16 channels to 4: zeros are added, never taken away. Choose shortcut=projection.',
    );
  });

  it.each(['keras-blocks', 'sequential-cnn'])('%s calls its width filters, and knows both words', (name) => {
    expect(findNetwork(name, { options: { width: 7 } }).options).toMatchObject({ filters: 7 });
  });

  it('classes, activation and init are options of every family', () => {
    for (const { options } of Object.values<Family>(families))
      expect(Object.keys(options)).toEqual(expect.arrayContaining(['classes', 'activation', 'init']));
  });
});

describe('twins', () => {
  const residual = examples.filter((name) => findNetwork(name).twin() !== null);

  it.each(residual)('%s has a plain twin that its name and options find again', (name) => {
    const options: Record<string, boolean> = name === 'keras-blocks' ? { projection: true } : {};
    const twin = findNetwork(name, { options }).twin()!;
    expect(twin.twin()).toBeNull();
    const again = findNetwork(twin.name, { options: twin.options, input: twin.inputShape });
    expect(again.options).toEqual(twin.options);
    const { blocks } = again.build(1, 'inference');
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.every((block) => block.fork === null)).toBe(true);
  });
});

describe('keras-blocks as it is posted', () => {
  it('is refused with both shapes, the cause and the way out', () => {
    expect(() => findNetwork('keras-blocks').build(1, 'training')).toThrow(
      'Block 1 cannot add its branch (56x56x64) to its input (112x112x64): strides=2 shrinks the branch, and without a projection nothing shrinks the skip. Set projection=true, or strides=1.',
    );
  });

  it('builds with projections, and shrinks to 1x1 at the seventh block', () => {
    const graph = findNetwork('keras-blocks', { options: { projection: true } }).build(1, 'inference');
    expect(graph.blocks.map((b) => b.output.type.shape[2]).slice(0, 8)).toEqual([56, 28, 14, 7, 4, 2, 1, 1]);
  });

  it('builds with stride 1', () => {
    const network = findNetwork('keras-blocks', { options: { strides: 1, blocks: 2 }, input: [3, 8, 8] });
    expect(network.build(1, 'inference').blocks.map((b) => b.output.type.shape)).toEqual([
      [1, 64, 8, 8],
      [1, 64, 8, 8],
    ]);
  });
});

describe('published errors', () => {
  const errors = (name: string, options = {}) =>
    publishedErrors(findNetwork(name, { options })).map((p) => p.errorPercent);

  it('are found by the options that make the network', () => {
    expect(errors('resnet56')).toEqual([6.97]);
    expect(errors('resnet110')).toEqual([6.43, 6.61]);
    expect(errors('preact-resnet164')).toEqual([5.46]);
    expect(errors('preact-resnet1001')).toEqual([4.92]);
    expect(errors('resnet110', { skip: 'shortcut-gate', gateBias: 0 })).toEqual([12.86]);
    expect(errors('resnet110', { skip: 'scaled', scaling: 'constant', branchScale: 0.5 })).toEqual([12.35]);
    expect(errors('resnet110', { unit: 'bn-after-addition' })).toEqual([8.17]);
    expect(errors('resnet110', { survival: 0.5 })).toEqual([5.25]);
    expect(errors('resnet34')).toEqual([24.52]);
    expect(errors('resnet50v2')).toEqual([24]);
  });

  it('say where training fails, and nothing where nobody measured', () => {
    expect(errors('resnet110', { skip: 'scaled' })).toEqual([null]);
    expect(errors('plain110')).toEqual([null]);
    expect(errors('resnet110', { activation: 'gelu' })).toEqual([]);
    expect(errors('resnet26')).toEqual([]);
  });

  it('do not depend on how weights start or on the gate of a skip that has none', () => {
    expect(errors('resnet56', { init: 'glorot-normal', gateBias: 0 })).toEqual([6.97]);
  });
});
