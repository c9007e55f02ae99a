/** Shapes are printed in the order of the framework that a network came from: a preset's, or a source file's. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { skiplens } from '../processes';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/workspace');

async function inspected(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await skiplens(['inspect', ...args], { cwd: fixtures });
  expect(code, stderr).toBe(0);
  return stdout;
}

describe('skiplens inspect', () => {
  it('prints channels first for presets of PyTorch', async () => {
    const text = await inspected('resnet50');
    expect(text).toMatch(/^ResNet-50 +3x224x224$/m);
    expect(text).toMatch(/\b64x112x112\b/);
  });

  it('prints channels last for presets of Keras', async () => {
    const text = await inspected('keras-resnet50');
    expect(text).toMatch(/ 224x224x3$/m);
    expect(text).toMatch(/\b112x112x64\b/);
    expect(text).not.toMatch(/\b64x112x112\b/);
  });

  it('prints a source file as its framework does', async () => {
    expect(await inspected('residual.py', '--input', '3x32x32')).toMatch(/\b16x32x32\b/);
    expect(await inspected('residual_keras.py', '--input', '32x32x3')).toMatch(/\b32x32x16\b/);
  });
});
