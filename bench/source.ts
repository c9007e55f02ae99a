/**
 * How long the reader of source text takes: a cold start in a fresh process on a file of a thousand lines, the
 * answer after a keystroke, and hostile files. One process a cold start; JSON lines.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { analyze, analyzeDocument } from '../src/source/analyze';
import { parseDocument } from '../src/source/reading/document';
import { patience } from '../src/workspace/sourceFile';

const folder = path.resolve(process.argv[2]);
const task = process.argv[3];
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

/** A thousand lines as a person would have them: networks, and the training script below them. */
export function thousandLines(): string {
  const parts = [
    'cifar_kuangliu.py',
    'torchvision_vgg.py',
    'cifar_bamos_densenet.py',
    'torch_language.py',
  ].map(read);
  const lines = parts.join('\n').split('\n');
  const training = [
    'def train_epoch_NUMBER(model, loader, optimizer, criterion, device="cpu", log_every=100):',
    '    model.train()',
    '    total, correct, running = 0, 0, 0.0',
    '    for step, (images, labels) in enumerate(loader):',
    '        images, labels = images.to(device), labels.to(device)',
    '        optimizer.zero_grad()',
    '        outputs = model(images)',
    '        loss = criterion(outputs, labels)',
    '        loss.backward()',
    '        optimizer.step()',
    '        running += loss.item() * labels.size(0)',
    '        total += labels.size(0)',
    '        correct += outputs.argmax(dim=1).eq(labels).sum().item()',
    '        if step % log_every == 0:',
    '            print(f"step {step}: loss {running / max(total, 1):.3f}, accuracy {correct / max(total, 1):.3f}")',
    '    return running / total, correct / total',
    '',
    '',
  ];
  for (let i = 0; lines.length < 1000; i++)
    lines.push(...training.map((line) => line.replace('NUMBER', String(i))));
  return lines.slice(0, 1000).join('\n');
}

/** A script as long, with every network of the fixture many times over. */
function thousandLinesOfScript(): string {
  const parts = ['tfjs_layer.js.txt', 'tfjs_mnist.ts.txt'].map(read);
  const lines = parts.join('\n').split('\n');
  for (let i = 0; lines.length < 1000; i++)
    lines.push(`function step${i}(x) {`, `  return x * ${i} + 1;`, '}', '');
  return lines.slice(0, 1000).join('\n');
}

/** Where a line is typed: below the line that holds `mark`. */
const places = {
  python: [
    { where: 'a training function', mark: 'def train_epoch_3', line: '    scale = 0.5 * len(loader)' },
    { where: 'a block that five networks use', mark: 'class BasicBlock', line: '    extra = 3 * 4 + 1' },
    {
      where: 'the forward of a network',
      mark: 'out = self.layer1(out)',
      line: '        out = F.relu(out + 0)',
    },
    { where: 'a comment', mark: 'def train_epoch_3', line: '    # What is this for?' },
  ],
  javascript: [{ where: 'a function', mark: 'function step3', line: '  const scale = 0.5 * x;' }],
} as const;

/** Milliseconds of processor time that this process has had, helpers of the engine included: what load does not move. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
const milliseconds = (value: number) => Math.round(value * 10) / 10;
const options = { file: 'bench.py', language: 'python', input: '3x32x32' } as const;

if (task === 'cold') {
  const text = thousandLines();
  const before = processorTime();
  const start = performance.now();
  const analysis = analyze(text, options);
  const took = performance.now() - start;
  const processor = processorTime() - before;
  console.log(JSON.stringify({ milliseconds: took, processor, models: analysis.models.length }));
} else if (task === 'keystroke') {
  const language = process.argv[4] === 'javascript' ? 'javascript' : 'python';
  for (const { where, mark, line } of places[language]) {
    const text = language === 'python' ? thousandLines() : thousandLinesOfScript();
    const at = text.indexOf('\n', text.indexOf(mark)) + 1;
    if (at === 0) throw new Error(`The bench's file has no ${mark}.`);
    const file = language === 'python' ? options.file : 'bench.js';
    const all = { ...options, file, language } as const;
    let document = parseDocument(file, language, text);
    analyzeDocument(document, all);
    const parsing: number[] = [];
    const whole: number[] = [];
    // A line is typed and taken back, key by key: once for the engine to become quick, once for the figures.
    const keys = [...Array(line.length).keys()].map((i) => i + 1);
    const round = [...keys, ...[...keys].reverse().map((i) => i - 1)];
    let before = 0;
    for (const [i, length] of [...round, ...round].entries()) {
      if (i === round.length) before = processorTime();
      const next = `${text.slice(0, at)}${line.slice(0, length)}${length > 0 ? '\n' : ''}${text.slice(at)}`;
      const start = performance.now();
      document = parseDocument(file, language, next, document);
      const parsed = performance.now();
      analyzeDocument(document, all);
      if (i < round.length) continue;
      parsing.push(parsed - start);
      whole.push(performance.now() - start);
    }
    const processor = milliseconds((processorTime() - before) / round.length);
    const parse = milliseconds(median(parsing));
    console.log(JSON.stringify({ where, parse, whole: milliseconds(median(whole)), processor }));
  }
} else {
  const head = 'import torch\nfrom torch import nn\nx = torch.rand(1, 3, 32, 32)\n';
  const script = "import * as tf from '@tensorflow/tfjs';\nlet x = tf.ones([1, 3]);\n";
  const files = {
    'endless loop': `${head}while True:\n    x = torch.relu(x)\n`,
    'ten thousand lines': `${head}${'x = torch.relu(x) + x\n'.repeat(10_000)}`,
    'ten thousand layers': `${head}nn.Sequential(*[nn.Conv2d(3, 3, 1) for _ in range(10000)])(x)\n`,
    'ten thousand wrong layers': `${head}${'nn.Conv2d(4, 4, 3)(x)\n'.repeat(10_000)}`,
    'ten thousand broken lines': `${head}${'x = = 3\n'.repeat(10_000)}`,
    'deep brackets': `${head}a = ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
  };
  const scripts = {
    'ten thousand lines of a script': `${script}${'x = tf.relu(x).add(x);\n'.repeat(10_000)}`,
    'ten thousand broken lines of a script': `${script}${'const x = = 3;\n'.repeat(10_000)}`,
    'deep brackets of a script': `${script}const a = ${'['.repeat(5000)}${']'.repeat(5000)};\n`,
  };
  const all = [
    ...Object.entries(files).map(([name, text]) => ({ name, text, language: 'python' as const })),
    ...Object.entries(scripts).map(([name, text]) => ({ name, text, language: 'javascript' as const })),
  ];
  for (const { name, text, language } of all) {
    const before = processorTime();
    const start = performance.now();
    // With the clock that the editor passes in.
    const { problems } = analyze(text, { ...options, language, limits: { isLate: patience() } });
    const took = milliseconds(performance.now() - start);
    const processor = milliseconds(processorTime() - before);
    const codes = [...new Set(problems.map(({ code }) => code))];
    console.log(JSON.stringify({ hostile: name, milliseconds: took, processor, problems: codes }));
  }
}
