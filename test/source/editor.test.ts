/** What a person reads in the editor: hovers, hints, lenses, fixes. */
import { describe, expect, it } from 'vitest';
import {
  analyze,
  codeLenses,
  hoverAt,
  inlayHints,
  parseDocument,
  quickFixes,
  shapesReport,
  shapesTable,
} from '../../src/source';

const text = `import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.bn = nn.BatchNorm2d(width)

    def forward(self, x):
        y = F.relu(self.bn(self.conv(x)))
        return x + y


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.blocks = nn.Sequential(*[Block(8) for _ in range(9)])
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.head(x.mean((2, 3)))


net = Net()
net(torch.zeros(1, 3, 32, 32))
`;
const analysis = analyze(text, { file: 'net.py', language: 'python' });
const at = (part: string, inside = 0) => text.indexOf(part) + inside;
const hover = (part: string, inside = 0) => hoverAt(analysis, at(part, inside))?.lines.join('\n');

describe('hover', () => {
  it('gives shapes, parameters and multiply-adds of a layer call', () => {
    expect(hover('self.stem(x)', 7)).toBe(
      [
        '**nn.Conv2d** stem',
        '`[1, 3, 32, 32]` → `[1, 8, 16, 16]`',
        '224 parameters',
        '55.3 k multiply-adds for one example',
      ].join('\n'),
    );
  });

  it('folds the instances of a repeated block', () => {
    expect(hover('self.conv(x)', 5)).toContain('9 times `[1, 8, 16, 16]` → `[1, 8, 16, 16]`');
    expect(hover('nn.Conv2d(width', 4)).toContain('5,256 parameters');
  });

  it('says at an addition what kind of skip closes', () => {
    expect(hover('x + y', 2)).toContain(
      '9 times Closes a skip: identity `[1, 8, 16, 16]` + branch `[1, 8, 16, 16]`',
    );
  });

  it('says so at every spelling of an addition, in the order of the framework', () => {
    const keras = `from tensorflow import keras
from tensorflow.keras import layers
i = keras.Input((8, 8, 4))
y = layers.Conv2D(4, 3, padding='same')(i)
a = layers.Add()([y, i])
b = layers.Conv2D(4, 3, padding='same')(a)
b += a
c = layers.Conv2D(6, 3, strides=2, padding='same')(b)
c = layers.add([c, layers.Conv2D(6, 1, strides=2)(b)])
model = keras.Model(i, c)
`;
    const read = analyze(keras, { file: 'k.py', language: 'python' });
    const said = (part: string, inside = 0) =>
      hoverAt(read, keras.indexOf(part) + inside)?.lines.join('\n') ?? '';
    const identity = 'Closes a skip: identity `(None, 8, 8, 4)` + branch `(None, 8, 8, 4)`';
    expect(said('Add()', 1)).toContain(identity);
    expect(said('b += a', 2)).toContain(identity);
    expect(said('layers.add', 8)).toContain('Closes a skip: projection `(None, 4, 4, 6)`');
    expect(said('model =')).toContain('Input `(None, 8, 8, 4)`');
    expect(said('y = layers')).toBe('`(None, 8, 8, 4)`');
  });

  it('names a layer kept in a variable, and folds what a loop makes of it', () => {
    const looped = `import torch
from torch import nn
x = torch.rand(1, 16, 32, 32)
conv = nn.Conv2d(16, 16, 3, padding=1)
down = nn.MaxPool2d(2)
for i in range(6):
    x = conv(x)
    if i == 3:
        x = down(x)
`;
    const read = analyze(looped, { file: 'l.py', language: 'python' });
    const lines = (part: string) => hoverAt(read, looped.indexOf(part))?.lines ?? [];
    expect(lines('conv = ')).toEqual([
      '**nn.Conv2d**',
      '4 times `[1, 16, 32, 32]` → `[1, 16, 32, 32]`',
      '2 times `[1, 16, 16, 16]` → `[1, 16, 16, 16]`',
      '2,320 parameters',
      '10.6 M multiply-adds for one example',
    ]);
    expect(lines('x = conv')).toEqual(['4 times `[1, 16, 32, 32]`', '2 times `[1, 16, 16, 16]`']);
  });

  it('shows what a variable holds, each time', () => {
    expect(hover('x = self.blocks')).toBe('`[1, 8, 16, 16]`');
    expect(hover('torch.zeros(1', 2)).toBe('`[1, 3, 32, 32]`');
  });

  it('tells a variable from the call that begins with it', () => {
    const view = 'import torch\nx = torch.rand(2, 3, 4)\ny = x.view(2, -1)\n';
    const read = analyze(view, { file: 'a.py', language: 'python' });
    const said = (offset: number) => hoverAt(read, offset)?.lines.join('\n');
    expect(said(view.indexOf('x.view'))).toBe('`[2, 3, 4]`');
    expect(said(view.indexOf('view'))).toContain('`[2, 3, 4]` → `[2, 12]`');
  });

  it('sums up a model at its class and its variable', () => {
    for (const place of [at('class Net', 7), at('net = Net')]) {
      const lines = hoverAt(analysis, place)?.lines;
      expect(lines).toContain('Input `[1, 3, 32, 32]`');
      expect(lines).toContain('Output `[1, 10]`');
      expect(lines).toContain('5,858 parameters, 144 of them not trained');
    }
  });

  it('carries what was measured, with its step and age', () => {
    const byScope = new Map([['stem', { activationGradient: 1.25e-3, weightGradient: 0.5 }]]);
    const measured = { step: 412, age: '3 minutes ago', isOld: true, byScope };
    const lines = hoverAt(analysis, at('self.stem(x)', 7), measured)?.lines.join('\n');
    expect(lines).toContain('activation gradient 1.3e-3, weight gradient 5.0e-1');
    expect(lines).toContain('Measured at step 412, 3 minutes ago, before the text was changed');
  });

  it('says nothing where nothing is known', () => {
    expect(hover('import torch')).toBeUndefined();
    expect(hoverAt(analysis, text.length + 10)).toBeUndefined();
  });
});

describe('inlay hints', () => {
  it('are off, at additions, or at every call, one a line', () => {
    expect(inlayHints(analysis, 'off')).toEqual([]);
    const residual = inlayHints(analysis, 'residual');
    expect(residual.map((hint) => [hint.line, hint.label])).toEqual([[14, '[1, 8, 16, 16]']]);
    const all = inlayHints(analysis, 'all');
    expect(new Set(all.map((hint) => hint.line)).size).toBe(all.length);
    for (const { label } of all) expect(label.length).toBeLessThanOrEqual(43);
  });
});

describe('code lenses', () => {
  it('stand above each model with what can be done', () => {
    expect(codeLenses(analysis).map(({ line, title, action }) => [line, title, action])).toEqual([
      [29, 'Net (net) · 5.86 k parameters · 39 layers', undefined],
      [29, 'Inspect', 'inspect'],
      [29, 'Train', 'train'],
      [29, 'Change input shape', 'setInputShape'],
    ]);
  });
});

describe('the report', () => {
  it('is the object of the command line', () => {
    const report = shapesReport(analysis);
    const [model] = report.models;
    expect([model.name, model.framework, model.line]).toEqual(['net', 'pytorch', 29]);
    expect(model.layers[0]).toEqual({
      line: 25,
      column: 25,
      scope: 'stem',
      callee: 'nn.Conv2d',
      inputShapes: [[1, 3, 32, 32]],
      outputShape: [1, 8, 16, 16],
      parameters: 224,
      macs: 55_296,
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(shapesReport(analysis, 'Net').models).toHaveLength(1);
    expect(shapesReport(analysis, 'Other').models).toEqual([]);
    expect(shapesTable(analysis)).toContain('25:25');
  });

  it('has null for what is not known, and a problem that says why', () => {
    const open = analyze(text.replace('net(torch', '# net(torch'), { file: 'net.py', language: 'python' });
    const report = shapesReport(open);
    expect(report.models[0].inputShape).toBeNull();
    expect(report.models[0].parameters).toEqual({ trainable: 5714, nonTrainable: 144 });
    expect(report.models[0].layers[0].outputShape).toEqual([null, 8, null, null]);
    expect(report.problems.map((p) => p.code)).toEqual(['shape/input-missing']);
    expect(quickFixes(open.problems[0], open)[0]).toMatchObject({ action: 'setInputShape', model: 'net' });
  });
});

describe('a keystroke', () => {
  it('parses only what changed and says the same as a cold start', () => {
    const before = parseDocument('net.py', 'python', text);
    const changed = text.replace('range(9)', 'range(4)');
    const warm = analyze(changed, { file: 'net.py', language: 'python', previous: before });
    const cold = analyze(changed, { file: 'net.py', language: 'python' });
    expect(shapesReport(warm)).toEqual(shapesReport(cold));
    expect(warm.models[0].layers.filter((layer) => layer.skip)).toHaveLength(4);
  });
});

describe('inputs', () => {
  const bare = text.replace('net(torch.zeros(1, 3, 32, 32))\n', '');
  const shapeOf = (source: string, options = {}) =>
    shapesReport(analyze(source, { file: 'net.py', language: 'python', ...options })).models[0].inputShape;

  it('come from the caller, a comment, a summary, or an imported file', () => {
    expect(shapeOf(bare, { input: '3x64x48' })).toEqual([null, 3, 64, 48]);
    expect(shapeOf(bare, { inputs: new Map([['net', '3x8x8']]) })).toEqual([null, 3, 8, 8]);
    expect(shapeOf(`# skiplens: input = 3x28x28\n${bare}`)).toEqual([null, 3, 28, 28]);
    expect(shapeOf(`${bare}from torchsummary import summary\nsummary(net, (3, 32, 32))\n`)).toEqual([
      null,
      3,
      32,
      32,
    ]);
    const main = 'import torch\nfrom model import Net\nnet = Net()\nnet(torch.rand(2, 3, 16, 16))\n';
    const readFile = (path: string) => (path === 'model.py' ? bare : undefined);
    expect(shapeOf(main, { file: 'main.py', readFile })).toEqual([2, 3, 16, 16]);
  });

  it('are asked for again where they cannot be read', () => {
    const { problems } = analyze(`# skiplens: input = three\n${bare}`, {
      file: 'net.py',
      language: 'python',
    });
    expect(problems.map((p) => [p.line, p.code])).toContainEqual([1, 'comment/input']);
  });
});
