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
};

describe('hostile files', () => {
  for (const [title, text] of Object.entries(hostile)) {
    it(`ends on ${title}`, () => {
      const analysis = analyze(text, { file: 'hostile.py', language: 'python' });
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

  it('does not look at more than a megabyte, nor at what does not concern it', () => {
    const large = analyze(`import torch\n${'#'.repeat(1_000_001)}`, { file: 'a.py', language: 'python' });
    expect(large.problems.map((p) => p.code)).toEqual(['analysis/size']);
    expect(analyze('print(1)', { file: 'a.py', language: 'python' }).isSkipped).toBe(true);
  });
});
