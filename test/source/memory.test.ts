/**
 * What an analysis keeps of the one before: only what an edit reaches is read again, and what is said is always what a
 * cold reading says, however the text came about.
 */
import { describe, expect, it } from 'vitest';
import {
  type Analysis,
  type AnalyzeOptions,
  analyzeDocument,
  hoverAt,
  inlayHints,
  type Language,
  type Model,
  parseDocument,
  quickFixes,
  shapesReport,
} from '../../src/source';

const blocks = `import torch
import torch.nn as nn
import torch.nn.functional as F

widths = {'small': [8, 16], 'large': [32, 64]}


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + F.relu(self.conv(x))


class Chain(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.stem = nn.Conv2d(3, widths[name][0], 3)
        self.block = Block(widths[name][0])

    def forward(self, x):
        return self.block(self.stem(x))


class Flat(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3 * 32 * 32, 10)

    def forward(self, x):
        return self.fc(torch.flatten(x, 1))


def small():
    return Chain('small')


def large():
    return Chain('large')


net = Flat()
`;

const script = `const tf = require('@tensorflow/tfjs-node');

function small() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 4, inputShape: [8] }));
  return model;
}

function large() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 40, inputShape: [8] }));
  return model;
}
`;

/** A file that is edited again and again. */
class Typing {
  private document;

  constructor(
    public text: string,
    private readonly language: Language = 'python',
    public more: Partial<AnalyzeOptions> = language === 'python' ? { input: '3x32x32' } : {},
  ) {
    this.document = parseDocument(this.file, language, text);
    this.analysis();
    this.analysis();
  }

  private get file() {
    return this.language === 'python' ? 'net.py' : 'net.js';
  }

  private get options() {
    return { file: this.file, language: this.language, ...this.more };
  }

  private analysis(): Analysis {
    return analyzeDocument(this.document, this.options);
  }

  /** The analysis after an edit, which must be what a cold one says. */
  replace(before: string, after: string): Analysis {
    expect(this.text).toContain(before);
    this.text = this.text.replace(before, after);
    this.document = parseDocument(this.file, this.language, this.text, this.document);
    const warm = this.analysis();
    const cold = analyzeDocument(parseDocument(this.file, this.language, this.text), this.options);
    expect(this.shown(warm)).toEqual(this.shown(cold));
    return warm;
  }

  now(): Analysis {
    return this.analysis();
  }

  private shown(analysis: Analysis): unknown {
    return {
      report: shapesReport(analysis),
      problems: analysis.problems,
      fixes: analysis.problems.map((problem) => quickFixes(problem, analysis)),
      hints: inlayHints(analysis, 'all'),
      hovers: [...this.text].map((_, offset) => hoverAt(analysis, offset)),
    };
  }
}

const model = (analysis: Analysis, name: string): Model => {
  const found = analysis.models.find((one) => one.name === name);
  if (!found) throw new Error(`There is no ${name} among ${analysis.models.map((m) => m.name).join(', ')}.`);
  return found;
};

/** Whether two analyses share a model's operations: it was not read again. */
const isKept = (before: Analysis, after: Analysis, name: string) => {
  const [first] = model(before, name).trace.nodes;
  expect(first).toBeDefined();
  return first === model(after, name).trace.nodes[0];
};

describe('an edit', () => {
  it('of one class leaves the models of others as they are', () => {
    const typing = new Typing(blocks);
    const before = typing.now();
    const after = typing.replace('3 * 32 * 32, 10)', '3 * 32 * 32, 100)');
    expect(['small', 'large', 'net'].map((name) => isKept(before, after, name))).toEqual([true, true, false]);
    expect(model(after, 'net').parameters?.trainable).toBe(3 * 32 * 32 * 100 + 100);
  });

  it('of a class reaches every model that is made of it', () => {
    const typing = new Typing(blocks);
    const before = typing.now();
    const after = typing.replace('channels, 3, padding=1)', 'channels, 1)');
    expect(['small', 'large', 'net'].map((name) => isKept(before, after, name))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('of a function reaches its own model', () => {
    const typing = new Typing(blocks);
    const before = typing.now();
    const after = typing.replace("return Chain('small')", "return Chain('large')");
    expect(isKept(before, after, 'large')).toBe(true);
    expect(model(after, 'small').parameters).toEqual(model(after, 'large').parameters);
  });

  it('of a comment reaches nothing, and moves everything', () => {
    const typing = new Typing(blocks);
    const before = typing.now();
    const after = typing.replace('widths =', '# Of every stage.\n\nwidths =');
    for (const name of ['small', 'large', 'net']) {
      expect(isKept(before, after, name)).toBe(true);
      expect(model(after, name).line).toBe(model(before, name).line + 2);
    }
  });

  it('that breaks a line leaves what stands around it', () => {
    const typing = new Typing(blocks);
    const before = typing.now();
    const after = typing.replace('def small():\n    return', 'def small(:\n    return');
    expect(isKept(before, after, 'large')).toBe(true);
    expect(isKept(after, typing.replace('def small(:', 'def small():'), 'large')).toBe(true);
  });

  it('of a script in JavaScript leaves its other functions', () => {
    const typing = new Typing(script, 'javascript');
    const before = typing.now();
    const after = typing.replace('units: 40', 'units: 400');
    expect([isKept(before, after, 'small'), isKept(before, after, 'large')]).toEqual([true, false]);
    const broken = typing.replace('units: 400,', 'units: 400, (');
    expect(isKept(after, broken, 'small')).toBe(true);
    typing.replace('units: 400, (', 'units: 400,');
  });
});

describe('what is kept', () => {
  const edits: Readonly<Record<string, readonly [string, string][]>> = {
    'a list that a function changes': [
      ['net = Flat()', "widths['small'].append(3)\nnet = Flat()"],
      ["'small': [8", "'small': [4"],
      ["widths['small'].append(3)", "widths['small'][0] = 2"],
      ["widths['small'][0] = 2\n", ''],
    ],
    'an instance that is changed after it was made': [
      ['net = Flat()', 'net = Flat()\nnet.fc = nn.Linear(3072, 3)'],
      ['3072, 3)', '3072, 4)'],
      ['net.fc = nn.Linear(3072, 4)', 'other = net'],
      ['other = net', 'other = net\nother.fc = nn.Identity()'],
      ['other.fc = nn.Identity()\n', ''],
      ['other = net\n', 'net.extra = nn.Linear(2, 2)\n'],
      ['net.extra = nn.Linear(2, 2)\n', ''],
    ],
    'a class that is changed after it was made': [
      ['def small', 'Block.forward = lambda self, x: self.conv(x)\n\n\ndef small'],
      ['Block.forward = lambda self, x: self.conv(x)', 'Block.size = 3'],
      ['padding=1)', 'padding=self.size)'],
      ['Block.size = 3', 'Block.size = 1'],
    ],
    'a name that is bound twice': [
      ['net = Flat()', 'net = Flat()\nnet = small()'],
      ['net = small()', 'net = large()'],
      ['net = Flat()\n', ''],
    ],
    'a branch that nobody knows': [
      ['def small', 'if torch.cuda.is_available():\n    widths = {"small": [2, 2]}\n\n\ndef small'],
      ['[2, 2]', '[8, 8]'],
      ['if torch.cuda.is_available():', 'if False:'],
    ],
    'a module of the file that models share': [
      ['class Block', 'act = nn.PReLU()\n\n\nclass Block'],
      ['F.relu(', 'act('],
      ['nn.PReLU()', 'nn.PReLU(8)'],
      ['net = Flat()', 'net = Flat()\nprint(act)'],
    ],
    'a skip that cannot be added': [
      ['channels, 3, padding=1)', 'channels, 3)'],
      ['widths =', '\nwidths ='],
      ['channels, 3)', 'channels, 3, stride=2)'],
      ['\nwidths =', '\n\n\nwidths ='],
    ],
    'a size for the file': [
      ['import torch\n', '# skiplens: input = 3x16x16\nimport torch\n'],
      ['3x16x16', '3x64x64'],
      ['# skiplens: input = 3x64x64\n', ''],
    ],
    'a name that stands for nothing yet': [
      ['padding=1)', 'padding=pad)'],
      ['widths =', 'pad = 1\nwidths ='],
      ['pad = 1', 'pad = 2'],
      ['pad = 2\n', ''],
    ],
  };
  for (const [name, steps] of Object.entries(edits))
    it(`says what a cold reading says: ${name}`, () => {
      for (const input of ['3x32x32', undefined]) {
        const typing = new Typing(blocks, 'python', { input });
        for (const [before, after] of steps) typing.replace(before, after);
      }
    });

  /** Statements that nobody looks at: the line in front of an edit is read again. */
  const between = (name: string) => `${name} = 1\n${name} = 2\n`;
  const keras = 'from tensorflow import keras\nfrom tensorflow.keras import layers\n\n';

  it('is made twice where two functions have one name', () => {
    const twice = `def make():\n    return Flat()\n\n${between('a')}def make():\n    return small()\n\n${between('b')}`;
    const typing = new Typing(`${blocks}${twice}`);
    typing.replace('b = 1', 'b = 3');
    typing.replace('def make():\n    return Flat()\n\n', '');
  });

  it('is changed through a method that was taken out of it', () => {
    const text = `${keras}model = keras.Sequential([keras.Input((8,))])\nadd = model.add\n${between('a')}add(layers.Dense(3))\n${between('b')}`;
    const typing = new Typing(text, 'python', {});
    for (const size of [4, 5]) typing.replace(`Dense(${size - 1})`, `Dense(${size})`);
    const after = typing.replace('add(layers.Dense(5))\n', '');
    expect(model(after, 'model').layers).toEqual([]);
  });

  it('is a method that layers are called with', () => {
    const text = `${keras}call = layers.Dense(4).call\n${between('a')}def one():\n    i = keras.Input((9,))\n    return keras.Model(i, call(i))\n`;
    const typing = new Typing(text, 'python', {});
    expect(model(typing.replace('(9,)', '(8,)'), 'one').layers).toHaveLength(1);
  });

  it('is counted before another model runs what both share', () => {
    const text = `${keras}shared = layers.Dense(4)\n${between('a')}def one():\n    return keras.Sequential([shared])\n\ndef two():\n    return keras.Sequential([keras.Input((9,)), shared])\n\n${between('b')}`;
    const typing = new Typing(text, 'python', {});
    typing.replace('(9,)', '(7,)');
    typing.more = { input: '12' };
    typing.replace('b = 1', 'b = 3');
    typing.more = {};
    typing.replace('b = 3', 'b = 4');
    typing.replace('a = 1', 'a = 3');
  });

  it('keeps the order of the text in a model of parts', () => {
    const text = `${keras}def part(n):\n    i = keras.Input((n,))\n    return i, layers.Dense(4)(i)\n\n${between('e')}a, x = part(3)\n${between('c')}b, y = part(5)\n${between('d')}`;
    const typing = new Typing(text, 'python', {});
    typing.replace('part(3)', 'part(4)');
    const after = typing.replace(
      'd = 2\n',
      'd = 2\nmodel = keras.Model([a, b], layers.Concatenate()([x, y]))\n',
    );
    expect(model(after, 'model').layers[0].inputShapes[0]?.[1]).toBe(4);
  });

  it('stops where a cold reading stops', () => {
    const text = `${blocks}${between('a')}for i in range(9):\n    net = Flat()\n${between('b')}`;
    for (let steps = 400; steps < 1400; steps += 100) {
      const typing = new Typing(text, 'python', { limits: { steps } });
      typing.replace('b = 1', 'b = 3');
      typing.replace('a = 1', 'a = 10');
      typing.more = {};
      typing.replace('a = 10', 'a = 11');
    }
  });

  it('is a model that holds itself, which ends at the same layer', () => {
    const text = `${keras}model = keras.Sequential([keras.Input((8,)), layers.Dense(8)])\n${between('a')}model.add(model)\n${between('b')}`;
    const typing = new Typing(text, 'python', {});
    typing.replace('b = 1', 'b = 3');
    typing.replace('a = 1', 'a = 3');
  });

  it('numbers layers of Keras as a cold reading does', () => {
    const keras = `from tensorflow import keras
from tensorflow.keras import layers


def one():
    return keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(2)])


def two():
    return keras.Sequential([keras.Input((8,)), layers.Dense(3)])
`;
    const typing = new Typing(keras, 'python', {});
    const before = typing.now();
    expect(isKept(before, typing.replace('layers.Dense(2)', 'layers.Dense(5)'), 'two')).toBe(true);
    typing.replace('layers.Dense(5)]', 'layers.Dense(5), layers.Dense(6)]');
  });
});
