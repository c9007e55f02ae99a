/** From source text to a network that can be built: the same numbers as the presets, and PyTorch's names. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/ir/graph';
import { findNetwork } from '../../src/networks';
import { inspect } from '../../src/networks/inspection';
import { analyze, lowerToNetwork, sourceNetwork } from '../../src/source';

const folder = path.resolve(import.meta.dirname, '../fixtures/source');

function networkOf(file: string, name: string, input?: string) {
  const text = readFileSync(path.join(folder, file), 'utf8');
  const analysis = analyze(text, { file, language: 'python', input });
  return lowerToNetwork(analysis.models.find((model) => model.name === name)!, file);
}

function lower(text: string, input?: string) {
  return lowerToNetwork(analyze(text, { file: 'a.py', language: 'python', input }).models[0], 'a.py');
}

/** What must be alike whatever things are called. */
function figures(graph: Graph) {
  const { parameters, macs } = inspect('x', graph);
  const shapes = graph.parameters.map((p) => p.value.type.shape.join('x')).sort();
  return { parameters, macs, shapes, shortcuts: graph.blocks.map((block) => block.fork?.shortcut) };
}

describe('a model of the file and the preset of the same name', () => {
  for (const [file, name, preset, input] of [
    ['torchvision_resnet.py', 'resnet18', 'resnet18', '3x224x224'],
    ['torchvision_resnet.py', 'resnet50', 'resnet50', '3x224x224'],
    ['cifar_akamaster.py', 'resnet20', 'resnet20', undefined],
    ['cifar_akamaster.py', 'resnet56', 'resnet56', undefined],
  ] as const) {
    it(`are one network: ${name}`, () => {
      const mine = networkOf(file, name, input).build(1, 'inference');
      const theirs = findNetwork(preset).build(1, 'inference');
      expect(figures(mine)).toEqual(figures(theirs));
    });
  }

  it('share the names of state_dict', () => {
    const names = (graph: Graph) => graph.parameters.map((p) => p.value.name).sort();
    const mine = networkOf('torchvision_resnet.py', 'resnet18', '3x224x224').build(1, 'inference');
    expect(names(mine)).toEqual(names(findNetwork('resnet18').build(1, 'inference')));
  });

  it('share their plain twins', () => {
    const mine = networkOf('cifar_akamaster.py', 'resnet20').twin()!.build(1, 'inference');
    const theirs = findNetwork('resnet20').twin()!.build(1, 'inference');
    expect(figures(mine)).toEqual(figures(theirs));
    expect(mine.blocks.map((block) => block.scope)).toEqual(
      networkOf('cifar_akamaster.py', 'resnet20')
        .build(1, 'inference')
        .blocks.map((block) => block.scope),
    );
  });

  it('gives Keras Applications its counts, pooled skips included', () => {
    const v2 = networkOf('keras_applications_resnet.py', 'ResNet50V2').build(1, 'inference');
    expect(inspect('x', v2).parameters).toEqual({ trainable: 25_568_360, nonTrainable: 45_440 });
    const kinds = v2.blocks.map((block) => block.fork?.shortcut);
    expect(kinds.filter((kind) => kind === 'pool')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'projection')).toHaveLength(4);
  });
});

describe('a lowered network', () => {
  it('says of every layer where it was written, under the scope of the analysis', () => {
    const text = readFileSync(path.join(folder, 'torchvision_resnet.py'), 'utf8');
    const file = 'torchvision_resnet.py';
    const model = analyze(text, { file, language: 'python', input: '3x224x224' }).models[0];
    const graph = lowerToNetwork(model, file).build(1, 'inference');
    const lines = new Map(model.layers.map((layer) => [layer.scope, layer.line]));
    for (const layer of graph.layers)
      expect([layer.scope, layer.source!.line + 1]).toEqual([layer.scope, lines.get(layer.scope)]);
  });

  it('forks once a block: the skip and the branch each have their own use of the input', () => {
    const graph = networkOf('cifar_kuangliu.py', 'PreActResNet18').build(2, 'training');
    for (const { fork } of graph.blocks) {
      const users = graph.nodes.filter((node) => node.inputs.includes(fork!.input));
      expect(users.map((node) => node.op)).toEqual(['Identity', 'Identity']);
    }
  });

  it('takes any batch', () => {
    const net = networkOf('cifar_kuangliu.py', 'ResNet18');
    expect(net.build(7, 'training').outputs[0].value.type.shape).toEqual([7, 10]);
  });

  it('refuses what it cannot say, with the line and the reason', () => {
    const head = 'import torch\nfrom torch import nn\n';
    const net = (body: string, rest = 'nn.Flatten(), nn.LazyLinear(10)') =>
      `${head}net = nn.Sequential(\n    ${body},\n    ${rest})\n`;
    expect(() => lower(net('nn.MaxPool2d(2, dilation=2)'), '3x8x8')).toThrow(/Line 4.*dilated.*counterpart/);
    expect(() => lower(net('nn.Conv2d(3, 8, 3, padding=1, padding_mode="strange")'), '3x8x8')).toThrow(
      /Line 4.*strange/,
    );
    expect(() => lower(net('nn.Conv2d(3, 8, 3)', 'nn.ReLU()'), '3x8x8')).toThrow(/row of logits/);
    expect(() => lower(net('nn.Conv2d(3, 8, 3)'))).toThrow(/input shape/);
  });

  it('refuses what only fits the batch of its example', () => {
    const text = `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(96, 10)

    def forward(self, x):
        return self.fc(x.view(2, 96))

net = Net()
net(torch.rand(4, 3, 4, 4))
`;
    expect(() => lower(text)).toThrow(/batch/);
  });
});

describe('a file as a network', () => {
  const text = readFileSync(path.join(folder, 'cifar_akamaster.py'), 'utf8');
  const options = { file: 'resnet.py', language: 'python' } as const;

  it('is found by name, and is the largest without one', () => {
    expect(sourceNetwork(text, options, 'resnet32').build(1, 'inference').blocks).toHaveLength(15);
    const small = text.replace('[200, 200, 200]', '[1, 1, 1]').replace('[18, 18, 18]', '[1, 1, 1]');
    expect(sourceNetwork(small, options).name).toBe('resnet56');
  });

  it('says which models there are where the name is not one', () => {
    expect(() => sourceNetwork(text, options, 'resnet21')).toThrow(/resnet21.*resnet20, resnet32/);
    expect(() => sourceNetwork('import torch', options)).toThrow(/No model/);
  });
});
