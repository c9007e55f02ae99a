/** Ctrl-C is obeyed in every phase, also where one step lasts longer than anybody waits. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listRuns } from '../../src/runs/listRuns';
import { skiplens } from '../processes';
import { temporaryFolder } from '../temporaryFolder';

/** A step of the float64 reference holds the trainer's thread for a minute. */
const slow = ['--device', 'reference', '--batch-size', '64', '--steps', '5', '--data-option', 'subset=64'];

/** Trains until the output says `when`, then interrupts; answers how long the end took, in seconds. */
async function interruptedAt(when: string, args: readonly string[], cwd: string) {
  let asked = 0;
  const result = await skiplens(['train', ...args, '--json'], {
    cwd,
    onOutput: (text, child) => {
      if (asked || !text.includes(when)) return;
      asked = performance.now();
      child.kill('SIGINT');
    },
  });
  return { ...result, seconds: (performance.now() - asked) / 1000 };
}

describe('Ctrl-C', () => {
  it('in a step that lasts a minute ends the run, which keeps its record', async () => {
    const cwd = temporaryFolder();
    const result = await interruptedAt('"phase":"training"', ['resnet56', ...slow], cwd);
    expect(result.code, result.stderr).toBe(130);
    // 1.5 s of patience, and what a busy machine takes to end two processes.
    expect(result.seconds).toBeLessThan(8);
    expect(result.stdout).toContain('"status":"stopped"');
    const [run] = await listRuns(path.join(cwd, '.skiplens', 'runs'));
    if (!run?.readable) throw new Error(run?.reason);
    expect([run.status, run.steps, run.report.code]).toEqual(['stopped', 0, 'run/brokenOff']);
    const again = await skiplens(['train', '--resume', run.id], { cwd });
    expect(again.stderr).toMatch(/has no checkpoint to go on from; start it again with its settings/);
  });

  it('while a network is compiled ends the run before there is a record', async () => {
    const cwd = temporaryFolder();
    const result = await interruptedAt('"phase":"compile"', ['resnet110', '--batch-size', '8'], cwd);
    expect(result.code, result.stderr).toBe(130);
    expect(result.seconds).toBeLessThan(8);
    expect(result.stdout).toMatch(/"event":"run\/ended".*"status":"stopped"/);
    expect(await listRuns(path.join(cwd, '.skiplens', 'runs'))).toEqual([]);
  });

  it('while it waits for another run ends it there', async () => {
    const cwd = temporaryFolder();
    let waiting: ReturnType<typeof interruptedAt> | undefined;
    const first = await skiplens(['train', 'resnet56', ...slow, '--json'], {
      cwd,
      onOutput: (text, child) => {
        if (!text.includes('"phase":"training"') || waiting) return;
        waiting = interruptedAt('"phase":"queued"', ['resnet8'], cwd);
        void waiting.then(() => child.kill('SIGINT'));
      },
    });
    const second = await waiting!;
    expect([first.code, second.code]).toEqual([130, 130]);
    expect(second.seconds).toBeLessThan(8);
    expect(second.stdout).toContain('The run was stopped before its first step.');
  });
});
