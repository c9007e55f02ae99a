/** A disk that fills up: what was recorded stays, and one sentence says what happened. */
import { readdirSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listRuns } from '../../src/runs/listRuns';
import { openRun } from '../../src/runs/runReader';
import { createRun } from '../../src/runs/runWriter';
import { temporaryFolder } from '../temporaryFolder';
import { sampleRun, sampleStep } from './sampleRun';

/** Writes until `bytes` are used up, the last time a part only; then fails as a full disk does. */
function fillingDisk(bytes: number) {
  let left = bytes;
  return (fd: number, data: Uint8Array) => {
    if (left === 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const written = writeSync(fd, data.subarray(0, Math.min(left, data.length)));
    left -= written;
    return written;
  };
}

describe('no space left', () => {
  it('ends recording with one sentence and keeps every record before', async () => {
    const writer = createRun(temporaryFolder(), sampleRun, { write: fillingDisk(4000) });
    let recorded = 0;
    expect(() => {
      for (let step = 1; ; step++) {
        writer.recordStep('resnet20', sampleStep(step));
        recorded = step;
      }
    }).toThrow(/There is no space left to write .*steps-0\.bin; all that was recorded before is kept/);
    expect(recorded).toBeGreaterThan(5);
    writer.end('crashed', 'No space left.');
    const run = await openRun(writer.folder);
    expect(await run.network('resnet20')!.count()).toBe(recorded);
    expect(await run.network('resnet20')!.last()).toMatchObject(sampleStep(recorded));
    expect(await run.status()).toMatchObject({ status: 'interrupted' });
  });

  it('leaves the older checkpoint alone when a newer one does not fit', async () => {
    const writer = createRun(temporaryFolder(), sampleRun, { write: fillingDisk(6000) });
    const weights = (n: number) => new Map([['w', { shape: [n], data: new Float32Array(n) }]]);
    writer.writeCheckpoint(1, weights(10));
    expect(() => writer.writeCheckpoint(2, weights(10_000))).toThrow(/no space left/);
    expect(readdirSync(writer.folder).filter((name) => name.includes('tmp'))).toEqual([]);
    expect((await (await openRun(writer.folder)).checkpoint())?.step).toBe(1);
    writer.end('crashed');
  });

  it('leaves nothing behind where not even the description fits', async () => {
    const root = temporaryFolder();
    expect(() => createRun(root, sampleRun, { write: fillingDisk(100) })).toThrow(/no space left/);
    expect(readdirSync(root)).toEqual([]);
    expect(await listRuns(root)).toEqual([]);
  });
});
