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
  let text = thousandLines();
  let document = parseDocument(options.file, options.language, text);
  const parsing: number[] = [];
  const whole: number[] = [];
  let before = 0;
  const first = 20;
  const times = 60;
  for (let i = 0; i < times; i++) {
    if (i === first) before = processorTime();
    const at = text.indexOf('self.linear') + i;
    text = i % 2 === 0 ? `${text.slice(0, at)}x${text.slice(at)}` : text.slice(0, at - 1) + text.slice(at);
    const start = performance.now();
    document = parseDocument(options.file, options.language, text, document);
    const parsed = performance.now();
    analyzeDocument(document, options);
    if (i < first) continue;
    parsing.push(parsed - start);
    whole.push(performance.now() - start);
  }
  const processor = milliseconds((processorTime() - before) / (times - first));
  console.log(
    JSON.stringify({ parse: milliseconds(median(parsing)), whole: milliseconds(median(whole)), processor }),
  );
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
