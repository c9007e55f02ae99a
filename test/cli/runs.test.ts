/** Runs survive what happens to them: Ctrl-C, a killed trainer, a queue; and they can be read, resumed, exported. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listRuns } from '../../src/runs/listRuns';
import { openRun } from '../../src/runs/runReader';
import { type Finished, skiplens, small } from '../processes';
import { temporaryFolder } from '../temporaryFolder';

const events = ({ stdout }: Finished) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown> & { event: string });

const root = (cwd: string) => path.join(cwd, '.skiplens', 'runs');

async function onlyRun(cwd: string) {
  const runs = await listRuns(root(cwd));
  expect(runs).toHaveLength(1);
  const [run] = runs;
  if (!run.readable) throw new Error(run.reason);
  return run;
}

describe('runs', () => {
  it('a comparison prints the table and the verdict, and records every step of both networks', async () => {
    const cwd = temporaryFolder();
    const result = await skiplens(['compare', 'resnet8', ...small, '--steps', '5'], { cwd });
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toMatch(/ResNet-8 .*\n.*Plain-8 /);
    expect(result.stdout).toMatch(
      /ResNet-8: the gradient .* at step 5 \(one seed, no spread\)\. At step 1 it /,
    );
    expect(result.stdout).toMatch(/Plain-8: the gradient .* at step 5/);
    const run = await onlyRun(cwd);
    expect(run.status).toBe('finished');
    const reader = await openRun(run.folder);
    for (const steps of reader.networks) expect(await steps.count()).toBe(5);
    const shown = await skiplens(['runs', 'show', run.id.slice(-4)], { cwd });
    expect(shown.stdout).toContain('finished');
    for (const flags of [
      ['runs', 'list', '--json'],
      ['runs', '--json'],
      ['runs', '--json', 'list'],
    ]) {
      const [listed] = JSON.parse((await skiplens(flags, { cwd })).stdout);
      expect(listed).toMatchObject({ id: run.id, status: 'finished', steps: 5 });
    }
    const elsewhere = await skiplens(['runs', 'list', '--runs', path.join(cwd, 'none')], { cwd });
    expect(elsewhere.stderr).toContain('There are no runs in');
    const exported = await skiplens(['runs', 'export', run.id, '-o', 'out.csv'], { cwd });
    expect(exported.code, exported.stderr).toBe(0);
    expect(readFileSync(path.join(cwd, 'out.csv'), 'utf8')).toContain('layer1.0.conv1.weight');
    expect((await skiplens(['runs', 'delete', run.id], { cwd })).code).toBe(0);
    expect(await listRuns(root(cwd))).toEqual([]);
  });

  it('--json gives one event a line, with the numbers of both networks', async () => {
    const cwd = temporaryFolder();
    const result = await skiplens(['compare', 'resnet8', ...small, '--steps', '3', '--json'], { cwd });
    const all = events(result);
    expect(all.map((e) => e.event)).toContain('run/started');
    const step = all.findLast((e) => e.event === 'run/step') as unknown as {
      step: number;
      networks: { loss: number }[];
    };
    expect(step.step).toBe(3);
    expect(step.networks.map((n) => Number.isFinite(n.loss))).toEqual([true, true]);
    expect(all.at(-1)).toMatchObject({ event: 'summary', status: 'finished' });
  });

  it('Ctrl-C stops at the step and keeps the run; --resume goes on to the same losses', async () => {
    const straightFolder = temporaryFolder();
    const flags = ['resnet8', ...small, '--steps', '12', '--checkpoint-every', '1000', '--json'];
    const straight = await skiplens(['train', ...flags], { cwd: straightFolder });
    expect(straight.code, straight.stderr).toBe(0);
    const cwd = temporaryFolder();
    let sent = false;
    const stopped = await skiplens(['train', ...flags, '--steps', '100000'], {
      cwd,
      onOutput: (text, child) => {
        if (!sent && text.includes('run/step')) {
          sent = true;
          child.kill('SIGINT');
        }
      },
    });
    expect(stopped.code).toBe(130);
    const run = await onlyRun(cwd);
    expect(run.status).toBe('stopped');
    const at = run.steps;
    const resumed = await skiplens(['train', '--resume', run.id, '--steps', String(at + 2), '--json'], {
      cwd,
    });
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((await onlyRun(cwd)).steps).toBe(at + 2);
    const a = await (await openRun(run.folder)).networks[0].scalar('loss');
    const b = await (await openRun((await onlyRun(straightFolder)).folder)).networks[0].scalar('loss');
    const common = Math.min(a.values.length, b.values.length);
    // The schedule is constant, so the first steps do not depend on how many were asked for.
    for (let i = 0; i < common; i++)
      expect(Math.abs(a.values[i] - b.values[i]), `step ${i + 1}`).toBeLessThan(1e-6);
    expect(common).toBeGreaterThan(1);
  });

  it('a run whose caller is gone is interrupted at its last step, and resumes', async () => {
    const cwd = temporaryFolder();
    let trainer = 0;
    await skiplens(['train', 'resnet8', ...small, '--steps', '100000', '--json'], {
      cwd,
      onOutput: (text, child) => {
        if (trainer || !text.includes('run/step')) return;
        trainer = childOf(child.pid!);
        child.kill('SIGKILL');
      },
    });
    // The trainer notices that nobody listens, ends its step, saves, and goes.
    for (let i = 0; i < 200 && isAlive(trainer); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    const run = await onlyRun(cwd);
    expect(run.status).toBe('interrupted');
    const { steps } = run;
    const resumed = await skiplens(['train', '--resume', run.id, '--steps', String(steps + 2)], { cwd });
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain(`Going on from step ${steps}.`);
    expect((await onlyRun(cwd)).status).toBe('finished');
  });

  it('a second training waits, and says for whom', async () => {
    const cwd = temporaryFolder();
    let second: Promise<Finished> | undefined;
    const first = await skiplens(['compare', 'resnet8', ...small, '--steps', '400'], {
      cwd,
      onOutput: (text) => {
        if (text.includes('Run '))
          second ??= skiplens(['train', 'plain8', ...small, '--steps', '2'], { cwd });
      },
    });
    expect(first.code, first.stderr).toBe(0);
    const waited = await second!;
    expect(waited.code, waited.stderr).toBe(0);
    expect(waited.stderr).toMatch(/Waiting: ResNet-8 and the plain twin of ResNet-8 is being trained/);
  });

  it('kill -9 of the trainer, 20 times: each run is readable up to its last record, and the next one works', async () => {
    const cwd = temporaryFolder();
    for (let i = 0; i < 20; i++) {
      const delay = (i * 37) % 160;
      const killed = await skiplens(['train', 'resnet8', ...small, '--steps', '100000', '--json'], {
        cwd,
        env: { SKIPLENS_RUNS: path.join(cwd, `runs${i}`) },
        onOutput: (text, child) => {
          if (!text.includes('run/started')) return;
          const pid = childOf(child.pid!);
          setTimeout(() => process.kill(pid, 'SIGKILL'), delay);
        },
      });
      expect(killed.code).toBe(1);
      expect(killed.stderr).toMatch(
        /trainer process ended unexpectedly \(SIGKILL\)\. What it recorded is kept\./,
      );
      const [run] = await listRuns(path.join(cwd, `runs${i}`));
      if (!run.readable) throw new Error(run.reason);
      expect(['interrupted', 'crashed']).toContain(run.status);
      const steps = (await openRun(run.folder)).networks[0];
      const records = await steps.records();
      expect(records).toHaveLength(await steps.count());
      records.forEach((r, k) => {
        expect(r.step).toBe(k + 1);
        expect(Number.isFinite(r.loss)).toBe(true);
      });
    }
    const next = await skiplens(['train', 'resnet8', ...small, '--steps', '2'], { cwd });
    expect(next.code, next.stderr).toBe(0);
  }, 180_000);
});

/** The one child process of a process. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
