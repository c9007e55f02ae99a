/** Networks that are something else while they are trained, that start as the file says, or that cannot be built. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/ir/graph';
import { sourceNetwork } from '../../src/source';

const fixture = readFileSync(
  path.resolve(import.meta.dirname, '../fixtures/source/torch_trained.py'),
  'utf8',
);

const python = { file: 'a.py', language: 'python' } as const;
const torch = 'import torch\nfrom torch import nn\nimport torch.nn.functional as F\n';
const keras = 'from tensorflow import keras\nfrom tensorflow.keras import layers\nimport tensorflow as tf\n';

/** A module whose forward is the given lines; its first line is line 13. */
function module(members: string, body: string): string {
  const lines = (text: string) => text.split('\n').join('\n        ');
  return `${torch}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.fc = nn.Linear(4, 3)
        ${lines(members)}

    def forward(self, x):
        ${lines(body)}

net = Net()
# skiplens: input = 3x8x8
`;
}

const build = (text: string, name = 'net') => sourceNetwork(text, python, name);
const starts = (graph: Graph) =>
  Object.fromEntries(graph.parameters.map((p) => [p.value.name, p.initializer]));

describe('stochastic depth as people write it', () => {
  for (const [name, value] of [
    ['new_style', 1 / 0.75],
    ['old_style', 1],
  ] as const)
    it(`${name} draws once an image while it is trained, and nothing else`, () => {
      const network = build(fixture, name);
      const training = network.build(5, 'training');
      const [, second, channels] = training.noises;
      expect(training.noises).toHaveLength(3);
      expect([second.input.type.shape, second.keep]).toEqual([[5, 1, 1, 1], 0.75]);
      expect(second.value).toBeCloseTo(value);
      // Dropout2d drops whole channels.
      expect([channels.input.type.shape, channels.keep, channels.value]).toEqual([[5, 6, 1, 1], 0.8, 1.25]);
      expect(network.build(5, 'inference').noises).toEqual([]);
    });

  it('keeps the skip around a dropped branch, and the twin without it has the same weights', () => {
    const network = build(fixture, 'new_style');
    const shortcuts = network.build(2, 'training').blocks.map((block) => block.fork?.shortcut);
    expect(shortcuts).toEqual(['identity', 'identity', 'identity']);
    const twin = network.twin()!;
    expect(starts(twin.build(2, 'training'))).toEqual(starts(network.build(2, 'training')));
    expect(twin.build(2, 'training').blocks.map((block) => block.fork)).toEqual([null, null, null]);
  });
});

describe('weights start as the file says', () => {
  it('with nn.init, and with what is written into their data', () => {
    const all = starts(build(fixture, 'new_style').build(1, 'inference'));
    expect(all['blocks.0.conv1.weight']).toEqual({
      kind: 'scaled',
      distribution: 'normal',
      gain: Math.SQRT2,
      fan: 54,
    });
    expect(all['blocks.0.conv2.bias']).toEqual({ kind: 'constant', value: 0.1 });
    expect(all['blocks.0.bn1.weight']).toEqual({ kind: 'constant', value: 0.5 });
    expect(all['blocks.0.gamma']).toEqual({ kind: 'constant', value: 0.01 });
    expect(all['head.weight']).toMatchObject({ distribution: 'normal', gain: 0.02, fan: 1 });
    // He's formula by hand, over 3 x 3 x 6.
    expect(all['stem.weight']).toMatchObject({ gain: Math.sqrt(2 / 54), fan: 1 });
  });

  it('with a function that is applied to every module, and with a loop over parameters', () => {
    const applied = `${torch}
def begin(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)

net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 3)).apply(begin)
# skiplens: input = 3x8x8
`;
    const given = starts(build(applied).build(1, 'inference'));
    expect(given['2.weight']).toMatchObject({ distribution: 'uniform', gain: 1, fan: 73.5 });
    const looped = module(
      'for p in self.parameters():\n    if p.dim() > 1:\n        nn.init.xavier_uniform_(p)\nself.fc.weight.data.mul_(0.5)',
      'return self.fc(self.conv(x).mean((2, 3)))',
    );
    const all = starts(build(looped).build(1, 'inference'));
    expect(all['conv.weight']).toMatchObject({ distribution: 'uniform', gain: 1, fan: 31.5 });
    expect(all['fc.weight']).toMatchObject({ distribution: 'uniform', gain: 0.5, fan: 3.5 });
    expect(all['conv.bias']).toMatchObject({ gain: Math.sqrt(1 / 3), fan: 27 });
  });

  it('with the initializers of Keras, as words and as objects', () => {
    const text = `${keras}
model = keras.Sequential([
    layers.Conv2D(8, 3, kernel_initializer="he_normal", input_shape=(8, 8, 3)),
    layers.SeparableConv2D(8, 3, depthwise_initializer=keras.initializers.RandomNormal(stddev=0.2)),
    layers.BatchNormalization(gamma_initializer="zeros"),
    layers.Flatten(),
    layers.Dense(4, kernel_initializer=keras.initializers.VarianceScaling(2.0, mode="fan_out"), bias_initializer="ones"),
])
`;
    const all = starts(build(text, 'model').build(1, 'inference'));
    const of = (part: string) => Object.entries(all).find(([name]) => name.includes(part))![1];
    expect(of('conv2d.weight')).toEqual({
      kind: 'scaled',
      distribution: 'truncatedNormal',
      gain: Math.SQRT2,
      fan: 27,
    });
    expect(of('depthwise')).toMatchObject({ distribution: 'normal', gain: 0.2, fan: 1 });
    expect(of('batch_normalization.weight')).toEqual({ kind: 'zeros' });
    expect(of('dense.weight')).toMatchObject({ distribution: 'truncatedNormal', gain: Math.SQRT2, fan: 4 });
    expect(of('dense.bias')).toEqual({ kind: 'ones' });
  });
});

describe('what is refused says its line and why', () => {
  const end = 'return self.fc(x.mean((2, 3)))';
  for (const [title, text, message] of [
    [
      'a model with a second output',
      module('', 'x = self.conv(x)\nreturn self.fc(x.mean((2, 3))), x'),
      /gives 2 outputs/,
    ],
    [
      'a second output while it is trained',
      module('', 'x = self.fc(self.conv(x).mean((2, 3)))\nif self.training:\n    return x, x\nreturn x'),
      /gives 2 outputs/,
    ],
    [
      'a branch that hangs on the data',
      module('', `y = self.conv(x)\nif y.mean() > 0:\n    y = F.relu(y)\n${end.replace('x.', 'y.')}`),
      /Line 15, if: .*y.mean\(\) > 0/,
    ],
    ['a gradient that is cut off', module('', `x = self.conv(x).detach()\n${end}`), /Line 13.*cut off/],
    [
      'a part without gradients',
      module('', `with torch.no_grad():\n    x = self.conv(x)\n${end}`),
      /Line 14.*cut off/,
    ],
    [
      'an input that is written over and read again',
      module('self.act = nn.ReLU(inplace=True)', `y = self.conv(x)\nx = self.act(y) + y\n${end}`),
      /Line 14.*writes over its input.*line 14/,
    ],
    [
      'weights that are drawn in a way that is not known',
      module('nn.init.orthogonal_(self.conv.weight)', `x = self.conv(x)\n${end}`),
      /Line 13.*orthogonal_/,
    ],
    [
      'a recurrent layer',
      module(
        'self.rnn = nn.LSTM(4, 4, batch_first=True)',
        'x = self.conv(x).flatten(2).transpose(1, 2)\nreturn self.fc(self.rnn(x)[0][:, -1])',
      ),
      /Line 14, nn.LSTM: recurrent/,
    ],
    [
      'a batch norm that is called twice',
      module('self.bn = nn.BatchNorm2d(4)', `x = self.bn(self.bn(self.conv(x)))\n${end}`),
      /Line 13.*called twice/,
    ],
    [
      'a part whose parameters are frozen',
      module('for p in self.conv.parameters():\n    p.requires_grad = False', `x = self.conv(x)\n${end}`),
      /Line 14.*frozen/,
    ],
    [
      'a module that is frozen',
      module('self.conv.requires_grad_(False)', `x = self.conv(x)\n${end}`),
      /Line 13.*frozen/,
    ],
    [
      'a parameter that is not trained',
      module(
        'self.p = nn.Parameter(torch.zeros(4, 1, 1), requires_grad=False)',
        `x = self.conv(x) + self.p\n${end}`,
      ),
      /Line 13.*frozen/,
    ],
    [
      'weights that a wrapper makes',
      module('self.conv = nn.utils.weight_norm(self.conv)', `x = self.conv(x)\n${end}`),
      /Line 13.*weight_norm/,
    ],
    [
      'a frozen layer',
      `${keras}
model = keras.Sequential([layers.Conv2D(4, 3, trainable=False, input_shape=(8, 8, 3)), layers.Flatten(), layers.Dense(3)])
`,
      /Line 5.*frozen/,
    ],
    [
      'a norm that is told not to train',
      `${keras}
inputs = keras.Input((8, 8, 3))
x = layers.BatchNormalization()(inputs, training=False)
model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(x)))
# training
`,
      /Line 6.*training=False/,
    ],
    [
      'an activation that is a function of the file',
      `${keras}
model = keras.Sequential([layers.Conv2D(4, 3, activation=lambda x: x * 2, input_shape=(8, 8, 3)), layers.Flatten(), layers.Dense(3)])
`,
      /Line 5.*activation/,
    ],
  ] as const)
    it(title, () => {
      const name = text.startsWith(torch) ? 'net' : 'model';
      expect(() => build(text, name)).toThrow(message);
    });
});

describe('the plain twin', () => {
  const block = (addition: string) =>
    module(
      'self.conv2 = nn.Conv2d(4, 4, 3, padding=1)',
      `x = self.conv(x)\ny = F.relu(self.conv2(x))\n${addition}\nreturn self.fc(y.mean((2, 3)))`,
    );

  it.each([
    'y = x + y',
    'y += x',
    'y = torch.add(y, x)',
    'y = y.add(x)',
    'y = sum([x, y])',
    'y = x + 0.5 * y',
    'y = torch.add(x, y, alpha=0.5)',
  ])('lacks what %s adds', (addition) => {
    const network = build(block(addition));
    const twin = network.twin()!.build(1, 'inference');
    expect(network.build(1, 'inference').blocks).toHaveLength(1);
    expect(twin.layers.map((layer) => layer.op)).not.toContain('Add');
    expect(twin.parameters).toHaveLength(6);
  });

  it('of a sum of three is the branch that the others skip', () => {
    const text = `${keras}
inputs = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3, padding="same")(inputs)
y = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
z = layers.Conv2D(4, 1)(x)
model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(layers.Add()([x, y, z]))))
`;
    const twin = build(text, 'model').twin()!.build(1, 'inference');
    expect(twin.layers.map((layer) => layer.op)).toEqual(['Conv', 'Conv', 'Relu', 'Reshape', 'Gemm']);
  });

  it('of skips around skips has none of either', () => {
    const text = module(
      'self.a = nn.Conv2d(4, 4, 3, padding=1)\nself.b = nn.Conv2d(4, 4, 3, padding=1)',
      'x = self.conv(x)\ny = x + self.a(x)\ny = y + self.b(y)\ny = y + x\nreturn self.fc(y.mean((2, 3)))',
    );
    const twin = build(text).twin()!.build(1, 'inference');
    expect(twin.layers.map((layer) => layer.op)).toEqual(['Conv', 'Conv', 'Conv', 'ReduceMean', 'Gemm']);
  });

  it('is not made for what is joined, or added from two like branches', () => {
    expect(build(block('y = torch.cat([x, y], 1)[:, :4]')).twin()).toBeNull();
    const parallel = module(
      'self.a = nn.Conv2d(4, 4, 3, padding=1)\nself.b = nn.Conv2d(4, 4, 3, padding=1)',
      'x = self.conv(x)\ny = self.a(x) + self.b(x)\nreturn self.fc(y.mean((2, 3)))',
    );
    expect(build(parallel).twin()).toBeNull();
  });
});

describe('the batch of an example input', () => {
  it('does not stick to the model', () => {
    const text = module(
      '',
      'n = x.size(0)\nx = self.conv(x).view(n * 4, 8, 8)\nreturn self.fc(x.view(n, 4, -1).mean(2))',
    );
    const fixed = text.replace('# skiplens: input = 3x8x8', 'net(torch.rand(2, 3, 8, 8))');
    expect(build(fixed).build(5, 'training').outputs[0].value.type.shape).toEqual([5, 3]);
  });
});
