import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deleteRun, findRun, listRuns, markCrashed } from '../../src/runs/listRuns';
import { openRun } from '../../src/runs/runReader';
import { createRun, type RunWriter, resumeRun } from '../../src/runs/runWriter';
import { temporaryFolder } from '../temporaryFolder';
import { blocks, sampleRun, sampleStep } from './sampleRun';

const july = Date.UTC(2026, 6, 22, 7, 15, 0);

function record(writer: RunWriter, from: number, to: number): void {
  for (let step = from; step <= to; step++) {
    writer.recordStep('resnet20', sampleStep(step));
    writer.recordStep('plain20', sampleStep(step, 'plain20'));
  }
}

describe('a run', () => {
  it('reads back as it was written, by name, in any range', async () => {
    const root = temporaryFolder();
    const writer = createRun(root, sampleRun, { now: () => july });
    record(writer, 1, 250);
    writer.recordEvent({
      type: 'evaluation',
      network: 'resnet20',
      split: 'validation',
      epoch: 1,
      loss: 1.5,
      accuracy: 0.4,
      count: 1000,
    });
    writer.end('finished');

    const run = await openRun(writer.folder);
    expect(run.id).toMatch(/^2026-07-22-071500-resnet-20-[0-9a-f]{4}$/);
    expect(run.description).toMatchObject({ title: sampleRun.title, seed: 7, device: 'cpu', version: 1 });
    expect(await run.status()).toMatchObject({ status: 'finished' });
    expect(await run.steps()).toBe(250);
    const residual = run.network('resnet20')!;
    expect(residual.kinds).toEqual(['activationGradients', 'weights', 'cosines']);
    expect(await residual.records({ from: 17, to: 18 })).toEqual([
      { ...sampleStep(17), time: july },
      { ...sampleStep(18), time: july },
    ]);
    const rows = await residual.vectors('activationGradients', { from: 100, to: 102 });
    expect(rows.names).toEqual(blocks);
    expect([...rows.steps]).toEqual([100, 101, 102]);
    expect([...rows.values]).toEqual([100, 100.125, 100.25, 101, 101.125, 101.25, 102, 102.125, 102.25]);
    expect(await run.network('plain20')!.last()).toMatchObject({ step: 250 });
    const [, evaluation] = await run.events();
    expect(evaluation).toMatchObject({ type: 'evaluation', step: 250, time: july, accuracy: 0.4 });
  });

  it('answers no more rows than asked for, spread evenly, with the last one', async () => {
    const writer = createRun(temporaryFolder(), sampleRun);
    record(writer, 1, 101);
    const steps = (await openRun(writer.folder)).network('resnet20')!;
    const { steps: seen } = await steps.scalar('loss', { maxRows: 5 });
    expect([...seen]).toEqual([1, 26, 51, 76, 101]);
    expect([...(await steps.scalar('loss', { maxRows: 1 })).steps]).toEqual([101]);
    writer.end('stopped');
  });

  it('is readable while it is written, and says that it runs', async () => {
    const writer = createRun(temporaryFolder(), sampleRun);
    const run = await openRun(writer.folder);
    expect(await run.status()).toMatchObject({ status: 'running' });
    expect(await run.steps()).toBe(0);
    expect(await run.network('resnet20')!.last()).toBeUndefined();
    record(writer, 1, 3);
    expect(await run.steps()).toBe(3);
    writer.end('diverged', 'The loss is NaN.', 'train/diverged');
    expect(await run.status()).toMatchObject({ status: 'diverged', reason: 'The loss is NaN.' });
  });

  it('keeps NaN and infinite numbers as they are', async () => {
    const writer = createRun(temporaryFolder(), sampleRun);
    writer.recordStep('resnet20', { ...sampleStep(1), loss: Number.NaN, accuracy: Number.POSITIVE_INFINITY });
    writer.end('diverged');
    const last = await (await openRun(writer.folder)).network('resnet20')!.last();
    expect(last).toMatchObject({ loss: Number.NaN, accuracy: Number.POSITIVE_INFINITY });
  });

  it('ignores a torn last record and a torn last event, wherever they break', async () => {
    const writer = createRun(temporaryFolder(), sampleRun);
    record(writer, 1, 10);
    writer.end('stopped');
    const file = path.join(writer.folder, 'steps-0.bin');
    const size = statSync(file).size;
    appendFileSync(path.join(writer.folder, 'events.jsonl'), '{"time":1,"step":10,"type":"sta');
    const run = await openRun(writer.folder);
    const steps = run.network('resnet20')!;
    for (const missing of [1, 7, 40]) {
      truncateSync(file, size - missing);
      expect(await steps.last()).toMatchObject({ step: 9 });
    }
    expect(await run.status()).toMatchObject({ status: 'stopped' });
  });

  it('leaves out a record that the disk damaged and reads the others', async () => {
    const writer = createRun(temporaryFolder(), sampleRun);
    record(writer, 1, 10);
    writer.end('stopped');
    const file = path.join(writer.folder, 'steps-1.bin');
    const bytes = readFileSync(file);
    const recordBytes = 8 + 6 * 8 + 16;
    bytes[bytes.length - 5 * recordBytes + 20] ^= 0xff;
    writeFileSync(file, bytes);
    const { steps } = await (await openRun(writer.folder)).network('plain20')!.scalar('loss');
    expect([...steps]).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10]);
  });
});

describe('going on with a run', () => {
  it('supersedes the steps beyond the checkpoint and forgets checkpoints beyond it', async () => {
    const first = createRun(temporaryFolder(), sampleRun);
    const tensors = new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]);
    record(first, 1, 5);
    first.writeCheckpoint(5, tensors, { epoch: '0' });
    record(first, 6, 9);
    first.writeCheckpoint(9, tensors);
    record(first, 10, 12);
    first.end('stopped');

    const second = resumeRun(first.folder, 5);
    second.recordStep('resnet20', { ...sampleStep(6), loss: 66 });
    second.recordStep('resnet20', { ...sampleStep(7), loss: 77 });
    const run = await openRun(first.folder);
    const steps = run.network('resnet20')!;
    expect(await run.status()).toMatchObject({ status: 'running' });
    expect((await run.checkpoint())?.step).toBe(5);
    const { steps: seen, values } = await steps.scalar('loss', { from: 5 });
    expect([...seen]).toEqual([5, 6, 7]);
    expect([...values]).toEqual([2.3 / 5, 66, 77]);
    expect(await run.network('plain20')!.count()).toBe(5);
    second.end('stopped');

    // Once more, from a step before the first resumption.
    const third = resumeRun(first.folder, 3);
    third.recordStep('resnet20', { ...sampleStep(4), loss: 444 });
    third.end('finished');
    expect([...(await steps.scalar('loss', { from: 3 })).values]).toEqual([2.3 / 3, 444]);
  });

  it('cuts off what a killed process left half-written before it appends', async () => {
    const first = createRun(temporaryFolder(), sampleRun);
    record(first, 1, 5);
    first.end('stopped');
    appendFileSync(path.join(first.folder, 'steps-0.bin'), Buffer.alloc(33, 1));
    appendFileSync(path.join(first.folder, 'events.jsonl'), '{"torn');
    const second = resumeRun(first.folder, 5);
    record(second, 6, 6);
    second.end('finished');
    const run = await openRun(first.folder);
    expect([...(await run.network('resnet20')!.scalar('step')).values]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await run.status()).toMatchObject({ status: 'finished' });
  });

  it('refuses a run that another writer holds', () => {
    const writer = createRun(temporaryFolder(), sampleRun);
    expect(() => resumeRun(writer.folder, 0)).toThrow(/is still running; stop it first/);
    writer.end('stopped');
  });
});

describe('checkpoints', () => {
  it('keeps the last two and reads the one before when the newest is damaged', async () => {
    const writer = createRun(temporaryFolder(), sampleRun);
    for (const step of [10, 20, 30]) {
      writer.writeCheckpoint(step, new Map([['w', { shape: [1], data: Float32Array.of(step) }]]), {
        position: String(step),
      });
    }
    writer.end('stopped');
    expect(readdirSync(writer.folder).filter((name) => name.startsWith('checkpoint'))).toEqual([
      'checkpoint-00000020.safetensors',
      'checkpoint-00000030.safetensors',
    ]);
    const run = await openRun(writer.folder);
    expect((await run.checkpoint())?.contents.metadata).toEqual({ position: '30' });
    truncateSync(path.join(writer.folder, 'checkpoint-00000030.safetensors'), 50);
    expect((await run.checkpoint())?.contents.tensors.get('w')?.data).toEqual(Float32Array.of(20));
  });
});

describe('the list', () => {
  it('shows the newest first and an unreadable run with its reason', async () => {
    const root = temporaryFolder();
    expect(await listRuns(path.join(root, 'none'))).toEqual([]);
    const old = createRun(root, sampleRun, { now: () => july });
    record(old, 1, 2);
    old.end('finished');
    const recent = createRun(root, sampleRun, { now: () => july + 86_400_000 });
    recent.end('stopped');
    const broken = createRun(root, sampleRun, { now: () => july + 2 * 86_400_000 });
    broken.end('stopped');
    writeFileSync(path.join(broken.folder, 'run.json'), '{"version":1');
    const newer = createRun(root, sampleRun, { now: () => july - 1 });
    newer.end('stopped');
    writeFileSync(path.join(newer.folder, 'run.json'), '{"version":99}');

    const runs = await listRuns(root);
    expect(runs.map(({ id }) => id)).toEqual([broken.id, recent.id, old.id, newer.id]);
    expect(runs[0]).toMatchObject({
      readable: false,
      reason: expect.stringContaining('run.json is no JSON'),
    });
    expect(runs[2]).toMatchObject({ readable: true, status: 'finished', steps: 2 });
    expect(runs[3]).toMatchObject({ readable: false, reason: expect.stringContaining('update Skiplens') });
  });

  it('finds a run by its beginning, its end, its path or as the last one', async () => {
    const root = temporaryFolder();
    const first = createRun(root, sampleRun, { now: () => july });
    const second = createRun(root, sampleRun, { now: () => july + 60_000 });
    for (const writer of [first, second]) writer.end('stopped');
    expect(await findRun(root, first.id)).toBe(first.folder);
    expect(await findRun(root, '2026-07-22-0716')).toBe(second.folder);
    expect(await findRun(root, 'last')).toBe(second.folder);
    expect(await findRun(root, first.folder)).toBe(first.folder);
    await expect(findRun(root, '2026-07')).rejects.toThrow(/Several runs match 2026-07/);
    await expect(findRun(root, 'nothing')).rejects.toThrow(/There is no run nothing/);
  });

  it('deletes a run for good, but none that is running', async () => {
    const root = temporaryFolder();
    const writer = createRun(root, sampleRun);
    await expect(deleteRun(writer.folder)).rejects.toThrow(/still running/);
    writer.end('stopped');
    await deleteRun(writer.folder);
    expect(readdirSync(root)).toEqual([]);
    await expect(deleteRun(writer.folder)).rejects.toThrow(/There is no run/);
  });
});

describe('a run whose process is gone', () => {
  it('is interrupted, can be marked crashed, and can go on', async () => {
    const writer = createRun(temporaryFolder(), sampleRun);
    record(writer, 1, 4);
    const lock = path.join(writer.folder, 'lock.json');
    const owner = JSON.parse(readFileSync(lock, 'utf8'));
    writer.end('stopped');
    // The same process number, started at another time; then one that never was.
    for (const gone of [
      { ...owner, started: 'another boot 1' },
      { ...owner, pid: 2 ** 22 + 1 },
    ]) {
      writeFileSync(lock, JSON.stringify(gone));
      appendFileSync(
        path.join(writer.folder, 'events.jsonl'),
        '{"time":1,"step":4,"type":"status","status":"running"}\n',
      );
      const run = await openRun(writer.folder);
      expect(await run.status()).toMatchObject({
        status: process.platform === 'linux' || gone.pid !== owner.pid ? 'interrupted' : 'running',
      });
    }
    await markCrashed(writer.folder, 'The trainer ended with signal SIGSEGV.', 'trainer/crashed');
    const run = await openRun(writer.folder);
    expect(await run.status()).toMatchObject({ status: 'crashed', code: 'trainer/crashed' });
    const again = resumeRun(writer.folder, 4);
    expect(await run.status()).toMatchObject({ status: 'running' });
    again.end('finished');
    expect(await run.status()).toMatchObject({ status: 'finished' });
  });
});
