/** Batch norm's momentum and epsilon, in every framework's words, wherever a person meets them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDetails } from '../../src/host/panels/details';
import { findNetwork } from '../../src/networks';
import { batchNormsOf, shortRunWarnings } from '../../src/networks/batchNorms';
import { describeNetwork } from '../../src/networks/describe';
import { analyze } from '../../src/source';
import { hoverAt } from '../../src/source/editor/hover';
import { chooseNetwork } from '../../src/workspace/chooseNetwork';
import { skiplens } from '../processes';
import { temporaryFolder } from '../temporaryFolder';

const torch = `import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.bn = nn.BatchNorm2d(8, momentum=0.02, eps=1e-4)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):  # shape: 3x8x8
        x = self.bn(self.conv(x))
        return self.fc(x.mean((2, 3)))
`;

const keras = `from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    keras.Input((8, 8, 3)),
    layers.Conv2D(8, 3),
    layers.BatchNormalization(),
    layers.GlobalAveragePooling2D(),
    layers.Dense(10),
])
`;

const hover = (text: string, at: string, file: string) =>
  hoverAt(analyze(text, { file, language: 'python' }), text.indexOf(at) + 6)?.lines.join('\n');

describe("batch norm's numbers", () => {
  it('are those of the options, or of a file', () => {
    expect(batchNormsOf(findNetwork('keras-blocks'))).toEqual([{ momentum: 0.99, epsilon: 1e-3 }]);
    expect(batchNormsOf(findNetwork('resnet20', { options: { norm: 'group' } }))).toEqual([]);
    expect(batchNormsOf(findNetwork('alexnet'))).toEqual([]);
    const file = path.join(temporaryFolder(), 'net.py');
    writeFileSync(file, torch);
    const [norm] = batchNormsOf(chooseNetwork({ network: file, input: [3, 8, 8] }));
    expect(norm.momentum).toBeCloseTo(0.98, 12);
    expect(norm.epsilon).toBe(1e-4);
  });

  it('are spoken of before a run that is too short for them, once', () => {
    const both = ['keras-resnet50', 'resnet50v2'].map((name) => findNetwork(name));
    const warnings = shortRunWarnings(both, 100);
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toContain('after 100 steps 37 % of their start is left');
    expect(shortRunWarnings(both, 1000)).toEqual([]);
    expect(shortRunWarnings([findNetwork('resnet20')], 200)).toEqual([]);
  });

  it('stand in the details of a layer', async () => {
    const description = describeNetwork(findNetwork('keras-resnet50'));
    const norm = description.layers.find(({ op }) => op === 'BatchNormalization')!;
    const { facts } = await readDetails(undefined, norm.scope, [description]);
    const said = new Map(facts).get('Running statistics');
    expect(said).toContain('Keras calls this momentum 0.99, PyTorch momentum 0.01. Epsilon 0.00001001');
    const conv = description.layers.find(({ op }) => op === 'Conv')!;
    expect(
      new Map((await readDetails(undefined, conv.scope, [description])).facts).has('Running statistics'),
    ).toBe(false);
  });

  it('stand in a hover over the layer, with the meaning that its framework gives them', () => {
    expect(hover(torch, 'self.bn(self', 'net.py')).toContain(
      'Keras calls this momentum 0.98, PyTorch momentum 0.02. Epsilon 0.0001 is added',
    );
    expect(hover(keras, 'BatchNormalization()', 'net.py')).toContain(
      'Keras calls this momentum 0.99, PyTorch momentum 0.01. Epsilon 0.001 is added',
    );
    expect(hover(torch, 'self.conv(x)', 'net.py')).not.toContain('momentum');
  });

  it('are printed by inspect, and before a short run', async () => {
    const cwd = temporaryFolder();
    const { stdout } = await skiplens(['inspect', 'keras-resnet50'], { cwd });
    expect(stdout).toContain('Keras calls this momentum 0.99, PyTorch momentum 0.01');
    const { stdout: grouped } = await skiplens(['inspect', 'resnet20', '--option', 'norm=group'], { cwd });
    expect(grouped).not.toContain('momentum');
  });
});
