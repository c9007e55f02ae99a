/** How to go on is said of a run that can: one that was ended before anything of it was kept has no way on. */
import { expect, it } from 'vitest';
import { lastWords } from '../../src/cli/commands/train';
import { createRun } from '../../src/runs/runWriter';
import { sampleRun } from '../runs/sampleRun';
import { temporaryFolder } from '../temporaryFolder';

it('names the command that goes on only where there is a checkpoint', () => {
  const writer = createRun(temporaryFolder(), sampleRun);
  const recorded = `Recorded as ${writer.id} (stopped).`;
  expect(lastWords(writer, 'stopped')).toEqual([recorded]);
  writer.writeCheckpoint(1, new Map());
  writer.end('stopped');
  expect(lastWords(writer, 'stopped')).toEqual([
    recorded,
    `Go on with: skiplens train --resume ${writer.id}`,
  ]);
  expect(lastWords(writer, 'finished')).toHaveLength(1);
});
