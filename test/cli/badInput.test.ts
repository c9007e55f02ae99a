/** Bad input gets one clear sentence on standard error and an exit code that is not 0; nothing is left behind. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/runs/safetensors';
import { skiplens, small } from '../processes';
import { temporaryFolder } from '../temporaryFolder';

/** One CIFAR-10 record: a label and 3,072 bytes. */
function record(label: number): Buffer {
  return Buffer.concat([Buffer.of(label), Buffer.alloc(3072, 100)]);
}

function cifar(folder: string, files: Record<string, Buffer>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  return `cifar10:${folder}`;
}

const good = Buffer.concat(Array.from({ length: 20 }, (_, i) => record(i % 10)));

async function refused(args: readonly string[], cwd: string, sentence: RegExp) {
  const { code, stderr } = await skiplens(args, { cwd });
  expect(code).not.toBe(0);
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('skiplens:') || line.startsWith('error:'));
  expect(lines, stderr).toHaveLength(1);
  expect(lines[0]).toMatch(sentence);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(existsSync(path.join(cwd, '.skiplens'))).toBe(false);
}

describe('bad input is refused in one sentence', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown network', ['inspect', 'resnot20'], /no network called "resnot20".*resnetN/],
    ['a depth that is not 6n+2', ['inspect', 'resnet21'], /6n\+2.*21.*20 and 26/],
    ['an unknown option', ['inspect', 'resnet20', '--option', 'depht=20'], /no option depht.*depth/],
    [
      'a value that is none of the choices',
      ['inspect', 'resnet20', '--option', 'shortcut=magic'],
      /shortcut.*"magic".*projection/,
    ],
    ['a number out of range', ['train', 'resnet20', '--learning-rate', '-1'], /learningRate.*"-1".*0 to 100/],
    [
      'a count that is no whole number',
      ['train', 'resnet20', '--steps', '1.5'],
      /steps.*"1\.5".*whole number/,
    ],
    ['an option without a value', ['inspect', 'resnet20', '--option', 'depth'], /name=value.*"depth"/],
    [
      'an input shape that is none',
      ['inspect', 'resnet20', '--input', '64'],
      /channels x height x width.*"64"/,
    ],
    ['an unknown data set', ['train', 'resnet20', '--data', 'cifer10:x'], /cifer10.*cifar10/],
    [
      'an unknown option of the optimizer',
      ['train', 'resnet20', '--optimizer-option', 'beta=1'],
      /no option beta.*momentum/,
    ],
    ['an unknown command', ['trian', 'resnet20'], /trian/],
    ['nothing to train', ['train'], /which network/],
    ['a run that does not exist', ['runs', 'show', 'nothing'], /nothing/],
    ['a run to resume that does not exist', ['train', '--resume', 'nothing'], /nothing/],
    ['a missing folder', ['train', 'resnet8', '--data', 'cifar10:nowhere'], /nowhere/],
    ['an unknown device', ['train', 'resnet8', '--device', 'tpu'], /no device called "tpu".*cpu/],
    ['a twin of a plain network', ['compare', 'plain20'], /plain20 has no skip connections that are added/],
  ])('%s', async (_, args, sentence) => {
    await refused(args, temporaryFolder(), sentence);
  });

  it.each<[string, Record<string, Buffer>, RegExp]>([
    ['no files', {}, /data_batch|CIFAR/],
    [
      'a truncated file',
      { 'data_batch_1.bin': good.subarray(0, 5000), 'test_batch.bin': good },
      /data_batch_1\.bin.*3,?073/,
    ],
    [
      'a label out of range',
      { 'data_batch_1.bin': Buffer.concat([good, record(11)]), 'test_batch.bin': good },
      /data_batch_1\.bin.*11/,
    ],
    ['a batch larger than the data', { 'data_batch_1.bin': good, 'test_batch.bin': good }, /64.*20/],
  ])('a CIFAR-10 folder with %s', async (_, files, sentence) => {
    const cwd = temporaryFolder();
    await refused(['train', 'resnet8', '--data', cifar(path.join(cwd, 'data'), files)], cwd, sentence);
  });

  it('weights that do not fit are listed by name and shape', async () => {
    const cwd = temporaryFolder();
    const file = path.join(cwd, 'w.safetensors');
    writeSafetensors(file, new Map([['conv1.weight', { shape: [2, 2], data: new Float32Array(4) }]]));
    await refused(
      ['probe', 'resnet8', '--weights', file, '--batch-size', '4'],
      cwd,
      /w\.safetensors.*conv1\.weight is 2x2, not 16x3x3x3.*bn1\.weight \(16\) is missing/,
    );
  });

  it('a weights file that is none', async () => {
    const cwd = temporaryFolder();
    const file = path.join(cwd, 'w.safetensors');
    writeFileSync(file, 'not weights at all');
    await refused(['probe', 'resnet8', '--weights', file, '--batch-size', '4'], cwd, /w\.safetensors/);
  });

  it('a Node that cannot be started', async () => {
    const cwd = temporaryFolder();
    const { code, stderr } = await skiplens(['train', 'resnet8', ...small], {
      cwd,
      env: { SKIPLENS_NODE: path.join(cwd, 'no-node') },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/configured Node ".*no-node" cannot be started/);
  });

  it('an unreadable run is listed with its reason and harms no other', async () => {
    const cwd = temporaryFolder();
    const folder = path.join(cwd, '.skiplens', 'runs', '2026-01-01-000000-broken-0000');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'run.json'), '{"version": 1, "id":');
    const { code, stdout } = await skiplens(['runs'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/broken-0000\s+unreadable/);
  });
});
