/** A stop is obeyed also while native code holds the trainer's thread, and nobody else loses anything by it. */
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TrainerClient, type TrainerEvent } from '../../src/protocol/client';
import { readSettings } from '../../src/protocol/settings';

let script: string;
beforeAll(() => {
  script = path.resolve(import.meta.dirname, `../../.cache/tests/deafTrainer-${process.pid}.cjs`);
  buildSync({
    entryPoints: [path.join(import.meta.dirname, 'deafTrainer.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
});

describe('the client of the trainer', () => {
  let client: TrainerClient;
  let events: TrainerEvent[];
  let marked: string[][];
  let deaths: string[];
  beforeEach(() => {
    [events, marked, deaths] = [[], [], []];
    client = new TrainerClient({
      script,
      node: { command: process.execPath, env: {} },
      patience: 300,
      markStopped: async (...what) => void marked.push(what),
    });
    client.onEvent((event) => events.push(event));
    client.onDeath((death) => deaths.push(death.code));
  });
  afterEach(() => client.kill());

  const start = async (data: string) => {
    const settings = { ...readSettings({}), networks: [], device: 'cpu', data };
    return (await client.request('run/start', { settings, root: `/runs/${data}` })).ticket;
  };
  const seen = (name: TrainerEvent['name'], ticket: string) =>
    expect
      .poll(
        () => events.find((e) => e.name === name && 'ticket' in e.payload && e.payload.ticket === ticket),
        {
          timeout: 5000,
          interval: 10,
        },
      )
      .toBeTruthy();
  /** Time enough for the trainer to hold its thread. */
  const held = () => new Promise((resolve) => setTimeout(resolve, 200));
  const endOf = (ticket: string) =>
    events.flatMap((e) => (e.name === 'run/ended' && e.payload.ticket === ticket ? [e.payload] : []));

  it('ends a run that compiles, leaves no record, and trains the next one', async () => {
    const first = await start('compile');
    const { pid } = await client.request('trainer/greet', {});
    await seen('run/phase', first);
    const asked = performance.now();
    await client.request('run/stop', { ticket: first });
    expect(performance.now() - asked).toBeLessThan(1500);
    expect(endOf(first)).toEqual([
      {
        ticket: first,
        status: 'stopped',
        step: 0,
        code: 'run/cancelled',
        reason: 'The run was stopped before its first step.',
      },
    ]);
    expect([marked, deaths]).toEqual([[], []]);
    const second = await start('quick');
    await seen('run/ended', second);
    expect(endOf(second)).toMatchObject([{ status: 'finished' }]);
    expect((await client.request('trainer/greet', {})).pid).not.toBe(pid);
  });

  it('ends a run in a long step: its record says stopped, at the last step that was told', async () => {
    const ticket = await start('step');
    await seen('run/step', ticket);
    await client.request('run/stop', { ticket });
    expect(endOf(ticket)).toMatchObject([{ status: 'stopped', step: 3, code: 'run/brokenOff' }]);
    expect(marked).toMatchObject([
      ['/runs/step', expect.stringMatching(/long, behind step 3\.$/), 'run/brokenOff'],
    ]);
  });

  it('trains what waited in line behind a run that was ended, under the same tickets, in the same order', async () => {
    const first = await start('compile');
    // The one is in the trainer's line before its thread is held, the other is never read there.
    const waiting = [start('quick')];
    await seen('run/phase', first);
    await held();
    waiting.push(start('quick'));
    const greeting = client.request('trainer/greet', {});
    await client.request('run/stop', { ticket: first });
    const [second, third] = await Promise.all(waiting);
    expect((await greeting).version).toBe('test');
    await seen('run/ended', third);
    expect([...endOf(second), ...endOf(third)].map((e) => e.status)).toEqual(['finished', 'finished']);
    expect(events.findIndex((e) => e.name === 'run/ended' && e.payload.ticket === second)).toBeLessThan(
      events.findIndex((e) => e.name === 'run/ended' && e.payload.ticket === third),
    );
  });

  it('ends a run that only waits without touching the one before it', async () => {
    const first = await start('compile');
    await seen('run/phase', first);
    await held();
    const { pid } = client;
    const second = start('quick');
    // The trainer has not even read the order: the ticket is the client's own.
    const ticket = await second;
    await client.request('run/stop', { ticket });
    expect(endOf(ticket)).toMatchObject([{ status: 'stopped', step: 0 }]);
    expect(client.pid).toBe(pid);
    expect(endOf(first)).toEqual([]);
    // Nor is it trained once the first one is gone.
    const third = await start('quick');
    await client.request('run/stop', { ticket: first });
    await seen('run/ended', third);
    expect(endOf(ticket)).toHaveLength(1);
    expect(events.some((e) => e.name === 'run/started' && e.payload.ticket === ticket)).toBe(false);
  });

  it('is stopped by two people at once, and whatever else was asked of it is told that it is over', async () => {
    const ticket = await start('step');
    await seen('run/step', ticket);
    await held();
    const first = client.request('run/stop', { ticket });
    // Later than the first, so that its own time is not up when the process is replaced.
    await held();
    const second = client.request('run/stop', { ticket });
    const pause = client.request('run/pause', { ticket });
    const greeting = client.request('trainer/greet', {});
    await expect(pause).rejects.toThrow('This run has ended already.');
    expect(await Promise.all([first, second])).toEqual([{}, {}]);
    expect(endOf(ticket)).toHaveLength(1);
    expect((await greeting).version).toBe('test');
    // And once more when it is long over.
    expect(await client.request('run/stop', { ticket })).toEqual({});
    expect(client.pid).toBe((await greeting).pid);
  });

  it('a process that dies by itself is not replaced, and everything open fails with the reason', async () => {
    const ticket = await start('step');
    await seen('run/step', ticket);
    await held();
    const open = client.request('trainer/greet', {});
    process.kill(client.pid!, 'SIGKILL');
    await expect(open).rejects.toThrow(/ended unexpectedly \(SIGKILL\)/);
    await expect(client.request('trainer/greet', {})).rejects.toThrow(/ended unexpectedly/);
    expect(deaths).toEqual(['trainer/died']);
    expect(endOf(ticket)).toEqual([]);
  });
});
