/** Weights that go in and come out: what a run leaves starts another one, and what does not fit is named. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSettings } from '../../src/host/settingsFile/checkSettings';
import { formatSettings } from '../../src/host/settingsFile/formatSettings';
import { type RunSettings, readSettings } from '../../src/protocol/settings';
import { exportWeights } from '../../src/runs/exportWeights';
import { listRuns } from '../../src/runs/listRuns';
import { openRun } from '../../src/runs/runReader';
import { readSafetensors, writeSafetensors } from '../../src/runs/safetensors';
import { LoopControl } from '../../src/trainer/loop';
import { type Emit, type JobOrder, runJob } from '../../src/trainer/runJob';
import { cifar10Folder } from '../datasets/cifarFixture';
import { skiplens, small } from '../processes';
import { temporaryFolder } from '../temporaryFolder';

function settingsOf(given: Partial<RunSettings>): RunSettings {
  return {
    ...readSettings({
      steps: 2,
      batchSize: 6,
      warmUpSteps: 0,
      evaluateEvery: 0,
      evaluationImages: 6,
      threads: 1,
    }),
    networks: [{ network: 'resnet8', options: { width: 4 } }],
    data: `cifar10:${cifar10Folder(temporaryFolder(), [12, 12], 6)}`,
    dataOptions: { resize: 8 },
    device: 'cpu',
    ...given,
  };
}

/** Runs to the end; answers the folder of the record, or throws what it ended with. */
async function run(order: JobOrder): Promise<string> {
  let folder = '';
  const emit: Emit = (name, payload) => {
    const { folder: started, status, reason } = payload as unknown as Record<string, string>;
    if (name === 'run/started') folder = started;
    if (name === 'run/ended' && status !== 'finished') throw new Error(reason);
  };
  await runJob(order, new LoopControl(), emit);
  return folder;
}

const start = (settings: RunSettings) => run({ kind: 'start', settings, root: temporaryFolder() });

async function lossesOf(folder: string): Promise<number[]> {
  return (await (await openRun(folder)).networks[0].records()).map(({ loss }) => loss);
}

describe('weights in and out', () => {
  it('what a run leaves is what the next one starts from', async () => {
    const settings = settingsOf({ seed: 1, augment: false });
    const first = await start(settings);
    const [file] = await exportWeights(await openRun(first), temporaryFolder());
    const networks = [{ ...settings.networks[0], weights: file }];
    // Another seed shuffles anew, but the weights are those of the file: with a rate of 0 they stay it.
    const again = await start({ ...settings, networks, learningRate: 0 });
    const [left] = await exportWeights(await openRun(again), temporaryFolder());
    const [a, b] = [file, left].map((name) => readSafetensors(name).tensors);
    for (const [name, { data }] of a) if (!name.includes('running')) expect(b.get(name)!.data).toEqual(data);
    expect(await lossesOf(again)).not.toEqual(await lossesOf(first));
    // The record says where they came from.
    const { settings: recorded } = (await openRun(again)).description;
    expect((recorded as unknown as RunSettings).networks[0].weights).toBe(file);
  });

  it('reach every seed, and are left alone by a resumed run', async () => {
    const settings = settingsOf({ augment: false });
    const [file] = await exportWeights(await openRun(await start(settings)), temporaryFolder());
    const networks = [{ ...settings.networks[0], weights: file }];
    const folder = await start({ ...settings, networks, seeds: 2, learningRate: 0 });
    const both = await exportWeights(await openRun(folder), temporaryFolder());
    const [a, b] = both.map((name) => readSafetensors(name).tensors.get('conv1.weight')!.data);
    expect(b).toEqual(a);
    expect(a).toEqual(readSafetensors(file).tensors.get('conv1.weight')!.data);
    // Once trained on, the checkpoint counts, even where the file is gone.
    const moved = [{ ...settings.networks[0], weights: path.join(temporaryFolder(), 'gone.safetensors') }];
    await expect(start({ ...settings, networks: moved })).rejects.toThrow(
      /There is no file .*gone\.safetensors/,
    );
    const trained = await start({ ...settings, networks });
    const before = (await lossesOf(trained)).length;
    await run({ kind: 'resume', folder: trained, steps: 4 });
    expect((await lossesOf(trained)).length).toBe(before + 2);
  });

  it('that do not fit are listed by name and shape, and nothing is trained', async () => {
    const file = path.join(temporaryFolder(), 'w.safetensors');
    writeSafetensors(file, new Map([['conv1.weight', { shape: [2, 2], data: new Float32Array(4) }]]));
    const networks = [{ network: 'resnet8', options: { width: 4 }, weights: file }];
    await expect(start(settingsOf({ networks }))).rejects.toThrow(
      /w\.safetensors does not fit ResNet-8: conv1\.weight is 2x2, not 4x3x3x3; bn1\.weight \(4\) is missing/,
    );
  });

  it('stand in a settings file, relative to it, and a path that leads nowhere is marked', () => {
    const folder = temporaryFolder();
    writeSafetensors(path.join(folder, 'w.safetensors'), new Map());
    const text = (weights: unknown) =>
      JSON.stringify({ networks: [{ network: 'resnet20', weights }], data: 'drawn' });
    const { settings, problems } = checkSettings(text('w.safetensors'), folder);
    expect(problems).toEqual([]);
    expect(settings!.networks[0].weights).toBe(path.join(folder, 'w.safetensors'));
    expect(checkSettings(formatSettings(settings!)).settings).toEqual(settings);
    expect(checkSettings(text('v.safetensors'), folder).problems).toMatchObject([
      { code: 'weights/missing', message: expect.stringContaining('v.safetensors') },
    ]);
    expect(checkSettings(text(3), folder).problems).toMatchObject([{ code: 'settings/shape' }]);
  });

  it('go in by the command line, a file a network', async () => {
    const cwd = temporaryFolder();
    const [file] = await exportWeights(await openRun(await start(settingsOf({}))), cwd);
    const flags = ['--steps', '1', '--learning-rate', '0', '--weights', path.basename(file), ...small];
    const { code, stderr } = await skiplens(['train', 'resnet8', ...flags], { cwd });
    expect(code, stderr).toBe(0);
    const [run] = await listRuns(path.join(cwd, '.skiplens', 'runs'));
    const [left] = await exportWeights(await openRun(run.folder), path.join(cwd, 'left'));
    const [a, b] = [file, left].map((name) => readSafetensors(name).tensors.get('layer3.0.conv2.weight')!);
    expect(b).toEqual(a);
    const more = await skiplens(['train', 'resnet8', ...flags, '--weights', 'b.safetensors'], { cwd });
    expect(more.stderr).toContain('There are 2 files of weights for 1 networks.');
    const missing = await skiplens(['train', 'resnet8', '--weights', 'none.safetensors'], { cwd });
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/There is no file .*none\.safetensors/);
  });
});
