import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { exportCsv } from '../../src/runs/exportCsv';
import { openRun } from '../../src/runs/runReader';
import { createRun } from '../../src/runs/runWriter';
import { temporaryFolder } from '../temporaryFolder';
import { sampleRun, sampleStep } from './sampleRun';

it('writes both networks, a row a step, with units in the head and blanks where a network lacks a number', async () => {
  const folder = temporaryFolder();
  const writer = createRun(folder, sampleRun, { now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  for (const step of [1, 2]) {
    writer.recordStep('resnet20', sampleStep(step));
    writer.recordStep('plain20', sampleStep(step, 'plain20'));
  }
  writer.end('finished');
  const file = path.join(folder, 'run.csv');
  expect(await exportCsv(await openRun(writer.folder), file)).toBe(4);
  const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\r\n');
  expect(head).toBe(
    'network,step,time (ISO 8601),loss (nats),accuracy (0..1),learning rate,step time (s),' +
      'activationGradients/stage1/block1,activationGradients/stage1/block2,activationGradients/stage2/block1,' +
      'weights/conv1.weight,weights/fc.bias,cosines/stage1/block1',
  );
  expect(rows).toEqual([
    'resnet20,1,2026-01-02T03:04:05.000Z,2.3,0.5,0.1,0.06,1,1.125,1.25,-1,0.25,1',
    'resnet20,2,2026-01-02T03:04:05.000Z,1.15,0.5,0.1,0.06,2,2.125,2.25,-2,0.25,0.5',
    'plain20,1,2026-01-02T03:04:05.000Z,2.3,0.5,0.1,0.06,1,1.125,1.25,,,',
    'plain20,2,2026-01-02T03:04:05.000Z,1.15,0.5,0.1,0.06,2,2.125,2.25,,,',
  ]);
});

it('quotes names, keeps to the kinds asked for, and leaves nothing half-written when it is cancelled', async () => {
  const folder = temporaryFolder();
  const named = { ...sampleRun.networks[1], name: 'plain, "wide"' };
  const writer = createRun(folder, { ...sampleRun, networks: [named] });
  writer.recordStep(named.name, sampleStep(1, 'plain20'));
  writer.end('finished');
  const run = await openRun(writer.folder);
  const file = path.join(folder, 'run.csv');
  await exportCsv(run, file, { kinds: [] });
  const [head, row] = readFileSync(file, 'utf8').split('\r\n');
  expect(head).not.toContain('/');
  expect(row).toMatch(/^"plain, ""wide""",1,/);
  const other = path.join(folder, 'other.csv');
  await expect(exportCsv(run, other, { signal: AbortSignal.abort() })).rejects.toThrow();
  expect(readdirSync(folder).sort()).toEqual([writer.id, 'run.csv'].sort());
});
