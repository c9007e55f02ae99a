/** What goes in and out by the command line: every format of a run, and its weights in other programs' hands. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onnx } from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/runs/safetensors';
import { cifar10Folder } from '../datasets/cifarFixture';
import { skiplens } from '../processes';

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), 'skiplens-'));
  const { code, stderr } = await skiplens(
    [
      ...['compare', 'resnet8', '--data', `cifar10:${cifar10Folder(cwd, [24, 12], 6)}`, '--steps', '3'],
      ...['--option', 'width=4', '--batch-size', '6', '--evaluate-every', '0', '--data-option', 'resize=16'],
    ],
    { cwd },
  );
  expect(code, stderr).toBe(0);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function exported(format: string): Promise<string> {
  const { code, stderr } = await skiplens(
    ['runs', 'export', 'last', '--format', format, '-o', `as-${format}`],
    { cwd },
  );
  expect(code, stderr).toBe(0);
  return path.join(cwd, `as-${format}`);
}

async function run(file: string, input: Float32Array): Promise<number[]> {
  const session = await InferenceSession.create(file);
  const { logits } = await session.run({ input: new Tensor('float32', input, [1, 3, 16, 16]) });
  return [...(logits.data as Float32Array)];
}

describe('a run by the command line', () => {
  it('as CSV: a line a step and network', async () => {
    const lines = readFileSync(await exported('csv'), 'utf8')
      .trim()
      .split('\n');
    expect(lines.length).toBe(1 + 2 * 3);
    expect(lines[0]).toMatch(/^network,step,/);
  });

  it('as TensorBoard events', async () => {
    const folder = await exported('tensorboard');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /tfevents/.test(name)).length).toBe(2);
  });

  it('as safetensors, which go back in', async () => {
    const folder = await exported('weights');
    expect(readdirSync(folder).sort()).toEqual(['plain8.safetensors', 'resnet8.safetensors']);
    const file = path.join(folder, 'resnet8.safetensors');
    expect([...readSafetensors(file).tensors.keys()]).toContain('layer2.0.conv1.weight');
    const good = await skiplens(
      ['probe', 'resnet8', '--option', 'width=4', '--weights', file, '--batch-size', '4', '--json'],
      { cwd },
    );
    expect(good.code, good.stderr).toBe(0);
    const norm = Math.hypot(...(readSafetensors(file).tensors.get('fc.weight')!.data as Float32Array));
    const fc = JSON.parse(good.stdout).parameters.find((p: { name: string }) => p.name === 'fc.weight');
    expect(fc.weightNorm).toBeCloseTo(norm, 5);
  });

  it('as ONNX, opset 17, with the classes and the input of its data', async () => {
    const folder = await exported('onnx');
    expect(readdirSync(folder).sort()).toEqual(['plain8.onnx', 'resnet8.onnx']);
    const model = onnx.ModelProto.decode(readFileSync(path.join(folder, 'resnet8.onnx')));
    expect(model.opsetImport.map(({ version }) => Number(version))).toEqual([17]);
    const input = Float32Array.from({ length: 768 }, (_, i) => Math.sin(i));
    const logits = await run(path.join(folder, 'resnet8.onnx'), input);
    expect(logits.length).toBe(10);
    // The same as from the weights by hand.
    const { code, stderr } = await skiplens(
      [
        ...['export', 'resnet8', '--option', 'width=4', '--input', '3x16x16', '-o', 'hand.onnx'],
        ...['--weights', path.join(cwd, 'as-weights', 'resnet8.safetensors')],
      ],
      { cwd },
    );
    expect(code, stderr).toBe(0);
    const byHand = await run(path.join(cwd, 'hand.onnx'), input);
    byHand.forEach((value, i) => {
      expect(value).toBeCloseTo(logits[i], 5);
    });
  });

  it('as TensorFlow.js models with their weights', async () => {
    const folder = await exported('tfjs');
    for (const name of ['resnet8', 'plain8']) {
      const model = JSON.parse(readFileSync(path.join(folder, name, 'model.json'), 'utf8'));
      const [{ paths }] = model.weightsManifest;
      const bytes = paths.reduce(
        (sum: number, p: string) => sum + statSync(path.join(folder, name, p)).size,
        0,
      );
      expect(bytes).toBeGreaterThan(10_000);
      expect(model.format).toBe('graph-model');
    }
  });

  it('weights of another network are refused by name and shape, and nothing is written', async () => {
    const weights = path.join(cwd, 'as-weights', 'resnet8.safetensors');
    for (const format of ['onnx', 'tfjs']) {
      const { code, stderr } = await skiplens(
        [
          'export',
          'resnet8',
          '--option',
          'width=6',
          '--weights',
          weights,
          '--format',
          format,
          '-o',
          `no.${format}`,
        ],
        { cwd },
      );
      expect(code).toBe(1);
      expect(stderr).toMatch(/does not fit ResNet-8: .*is 4x3x3x3, not 6x3x3x3/);
      expect(existsSync(path.join(cwd, `no.${format}`))).toBe(false);
    }
  });

  it('two networks side by side, with what papers report', async () => {
    const { stdout } = await skiplens(['inspect', 'resnet50', '--beside', 'keras-resnet50'], { cwd });
    expect(stdout).toMatch(/multiply-adds\s+4,089,184,256\s+3,857,973,248\s+0\.943/);
    expect(stdout).toMatch(/activation bytes an image\s+[\d,]+\s+[\d,]+/);
    expect(stdout).toMatch(/depth\s+50\s+50/);
    expect(stdout).toContain('both have the same 25,557,032 parameters.');
    expect(stdout).toContain('Published for ResNet-50 on ImageNet: 22.85 % test error');
  });
});
