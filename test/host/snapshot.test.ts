/** What a panel says of a run of this window that has ended. */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { liveWords } from '../../src/host/panels/snapshot';
import { LiveRun } from '../../src/host/session/liveRun';
import { readSettings } from '../../src/protocol/settings';
import { createRun } from '../../src/runs/runWriter';
import { sampleRun } from '../runs/sampleRun';
import { temporaryFolder } from '../temporaryFolder';

it('offers to go on only where something was kept to go on from', () => {
  const writer = createRun(temporaryFolder(), sampleRun);
  const settings = { ...readSettings({}), networks: [], data: 'drawn', device: 'cpu' };
  const live = new LiveRun('t1', settings, 'ResNet-20', writer.folder);
  live.onStep({ ticket: 't1', step: 1, totalSteps: 200, networks: [] } as never);
  live.end = { status: 'stopped', code: 'run/brokenOff' };
  expect(liveWords(live)).toMatchObject({ status: 'stopped', step: 1, resumable: false });
  writer.writeCheckpoint(1, new Map());
  writer.end('stopped');
  expect(liveWords(live).resumable).toBe(true);
  rmSync(writer.folder, { recursive: true });
  expect(liveWords(live).resumable).toBe(false);
});
