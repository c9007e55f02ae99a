/** Files that nobody means well with: the analysis ends soon, says where it stopped, and never throws. */
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/source';

const head =
  'import torch\nfrom torch import nn\nimport torch.nn.functional as F\nx = torch.rand(1, 3, 32, 32)\n';

const hostile: Record<string, string> = {
  'an endless loop': `${head}while True:\n    x = F.relu(x)\n`,
  'loops in loops': `${head}${Array.from({ length: 8 }, (_, i) => `${'    '.repeat(i)}for i${i} in range(1000):\n`).join('')}${'    '.repeat(8)}x = x + 1\n`,
  'endless recursion': `${head}def f(n):\n    return f(n + 1)\nf(0)\n`,
  'two functions that call each other twice': `${head}def f(n):\n    return g(n) + g(n)\ndef g(n):\n    return f(n) + f(n)\nf(1)\n`,
  'a list that grows': `${head}a = [1]\nwhile True:\n    a = a + a\n`,
  'a list that is extended by itself': `${head}a = [1]\nwhile True:\n    a.extend(a)\n`,
  'a text that grows': `${head}a = 'x'\nwhile True:\n    a = a + a\n`,
  'a huge number': `${head}a = 2\nfor i in range(1000):\n    a = a ** 2\nnn.Linear(a, a)(x)\n`,
  'a million layers': `${head}net = nn.Sequential(*[nn.Conv2d(3, 3, 1) for _ in range(1000000)])\nnet(x)\n`,
  'ten thousand layers': `${head}net = nn.Sequential(*[nn.Conv2d(3, 3, 1) for _ in range(10000)])\nnet(x)\n`,
  'ten thousand lines': `${head}${'x = F.relu(x) + x\n'.repeat(10_000)}`,
  'ten thousand classes': `${head}${Array.from({ length: 10_000 }, (_, i) => `class A${i}(nn.Module):\n    pass\n`).join('')}`,
  'deep brackets': `${head}a = ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
  'deep blocks': `${head}${Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}if x:\n`).join('')}`,
  'a long sum': `${head}a = ${'x + '.repeat(5000)}x\n`,
  'a class that derives from itself': `${head}class A(nn.Module): pass\nclass A(A): pass\nA()(x)\n`,
  'a module inside itself': `${head}class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = self\n    def forward(self, x):\n        return self.a(x)\nA()(x)\n`,
  'a list inside itself': `${head}a = []\na.append(a)\nnn.Sequential(*a)(x)\nprint(a == a, torch.cat(a))\n`,
  'conditions that double': `${head}${Array.from({ length: 60 }, (_, i) => `if unknown${i}:\n    x = F.relu(x)\nelse:\n    x = x + 1\n`).join('')}`,
  'unknown loops in unknown loops': `${head}${Array.from({ length: 16 }, (_, i) => `${' '.repeat(i)}for i${i} in unknown:\n`).join('')}${' '.repeat(16)}x = F.relu(x)\n`,
  'lists of lists that double': `${head}a = []\nb = []\nfor i in range(100):\n    a = [a, a]\n    b = [b, b]\nprint(a == b, a == a)\nif x.sum() > 0:\n    a = b\n`,
  'keys that double': `${head}t = ()\nfor i in range(100):\n    t = (t, t)\nd = {t: 1}\nprint(d[t])\n`,
  'outputs that double': `${head}class A(nn.Module):\n    def forward(self, x):\n        for i in range(100):\n            x = [x, x]\n        return x\nA()(x)\n`,
  'modules that double': `${head}class A0(nn.Module):\n    def forward(self, x): return F.relu(x)\n${Array.from({ length: 30 }, (_, i) => `class A${i + 1}(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = A${i}()\n        self.b = A${i}()\n    def forward(self, x):\n        return self.a(x) + self.b(x)\n`).join('')}A30()(x)\n`,
  'ancestors that double': `${head}class A0(nn.Module): pass\nclass B0(nn.Module): pass\n${Array.from({ length: 40 }, (_, i) => `class A${i + 1}(A${i}, B${i}): pass\nclass B${i + 1}(A${i}, B${i}): pass\n`).join('')}A40()(x)\n`,
  'a million equal items': `${head}a = [0] * 10**9\nb = [1, 2] * 1000000\nc = 'x' * 10**9\n`,
  'texts that double': `${head}a = 'x'\nfor i in range(100):\n    a = f"{a}{a}"\nb = '%s%s' % (a, a)\n`,
  'deep comprehensions': `${head}a = ${'[y for y in '.repeat(300)}x${']'.repeat(300)}\n`,
  'a long choice': `${head}a = ${'1 if x else '.repeat(5000)}x\n`,
  'many ways out': `${head}if x == 0: pass\n${'elif x == 1: pass\n'.repeat(5000)}`,
  'many broken lines': `${head}${'x = = 3\n'.repeat(5000)}`,
  'a text without its end': `${head}a = """${'x '.repeat(100_000)}`,
  'a line of quotes': `${head}a = ${'"'.repeat(100_001)}\n`,
};

const scriptHead = "import * as tf from '@tensorflow/tfjs';\nlet x = tf.ones([1, 3]);\n";

const hostileScripts: Record<string, string> = {
  'an endless loop': `${scriptHead}while (true) { x = tf.relu(x); }\n`,
  'a loop without an end': `${scriptHead}for (;;) { x = x.add(x); }\n`,
  'ten thousand layers': `${scriptHead}const m = tf.sequential();\nfor (let i = 0; i < 10000; i++) m.add(tf.layers.dense({units: 3, inputShape: [3]}));\n`,
  'deep brackets': `${scriptHead}const a = ${'['.repeat(5000)}${']'.repeat(5000)};\n`,
  'deep blocks': `${scriptHead}${'{'.repeat(5000)}${'}'.repeat(5000)}\n`,
  'arrows to arrows': `${scriptHead}const a = ${'() => '.repeat(1000)}1;\n`,
  'templates in templates': `${scriptHead}const a = ${'\u0060${'.repeat(400)}x${'}\u0060'.repeat(400)};\n`,
  'arrays and texts that double': `${scriptHead}let a = [1]; let s = 'x';\nfor (let i = 0; i < 100; i++) { a = [...a, ...a]; s = s + s; }\nconst b = 'x'.repeat(1e9);\nconst c = new Array(1e9).fill(0);\n`,
  'endless recursion': `${scriptHead}function f(n) { return f(n - 1) + f(n - 2); }\nf(90);\n`,
  'types in types': `${scriptHead}const a: ${'Array<'.repeat(500)}number${'>'.repeat(500)} = [];\n`,
  'many broken lines': `${scriptHead}${'const y = = 3;\n'.repeat(2000)}`,
  'a long sum': `${scriptHead}const a = ${'x + '.repeat(5000)}x;\n`,
};

const all = [
  ...Object.entries(hostile).map(([title, text]) => ({ title, text, language: 'python' as const })),
  ...Object.entries(hostileScripts).map(([title, text]) => ({
    title,
    text,
    language: 'javascript' as const,
  })),
];

describe('hostile files', () => {
  for (const { title, text, language } of all) {
    it(`ends on ${title} (${language})`, () => {
      const analysis = analyze(text, { file: 'hostile', language });
      expect(analysis.isSkipped).toBe(false);
      for (const problem of analysis.problems) {
        expect(problem.start).toBeGreaterThanOrEqual(0);
        expect(problem.end).toBeLessThanOrEqual(text.length);
      }
    });
  }

  it('says where it stopped', () => {
    for (const title of ['an endless loop', 'endless recursion', 'ten thousand classes']) {
      const { problems } = analyze(hostile[title], { file: 'hostile.py', language: 'python' });
      const stopped = problems.find((p) => p.code === 'analysis/stopped');
      expect(stopped?.message).toMatch(/stopped at/);
    }
  });

  it('stops when its clock says so', () => {
    const limits = { isLate: () => true };
    const { problems } = analyze(hostile['ten thousand lines'], { file: 'a.py', language: 'python', limits });
    expect(problems.map((p) => p.code)).toEqual(['analysis/stopped']);
  });

  it('stops reading too when its clock says so, at a line of the file', () => {
    const limits = { isLate: () => true };
    for (const [language, text] of [
      ['python', `${head}y = (x +\nz = 3\n`],
      ['javascript', `${scriptHead}${'x = tf.relu(x);\n'.repeat(2000)}`],
    ] as const) {
      const { problems, isLate } = analyze(text, { file: 'a', language, limits });
      expect(isLate).toBe(true);
      expect(problems.map((p) => p.message).join()).toMatch(/stopped at line \d+: the file takes too long/);
    }
  });

  it('says of what is beyond reading where it stands, and reads the rest', () => {
    const text = `${hostile['deep brackets']}nn.Linear(4, 2)(torch.rand(1, 5))\n`;
    const { problems } = analyze(text, { file: 'a.py', language: 'python' });
    expect(problems.map((p) => [p.line, p.code])).toEqual([
      [5, 'analysis/stopped'],
      [6, 'shape/channels'],
    ]);
  });

  it('does not look at more than a megabyte, nor at what does not concern it', () => {
    const large = analyze(`import torch\n${'#'.repeat(1_000_001)}`, { file: 'a.py', language: 'python' });
    expect(large.problems.map((p) => p.code)).toEqual(['analysis/size']);
    expect(analyze('print(1)', { file: 'a.py', language: 'python' }).isSkipped).toBe(true);
  });
});
