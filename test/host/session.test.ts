/** The session with a fake trainer: who is told what, in which order, and what is left when the process dies. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Emitter } from '../../src/base/emitter';
import { Session } from '../../src/host/session/session';
import type { TrainerEvent, TrainerPort } from '../../src/host/session/trainerPort';
import type { NetworkDescription } from '../../src/protocol/description';
import { readSettings } from '../../src/protocol/settings';

const settings = {
  ...readSettings({ steps: 9 }),
  networks: [{ network: 'resnet8' }],
  data: 'drawn',
  device: 'cpu',
};

class FakeTrainer implements TrainerPort {
  readonly events = new Emitter<TrainerEvent>();
  readonly deaths = new Emitter<Error>();
  readonly asked: string[] = [];
  readonly onEvent = this.events.event;
  readonly onDied = this.deaths.event;
  /** Called before a request is answered. */
  beforeAnswer: (method: string) => void = () => {};
  private tickets = 0;

  request(method: string): Promise<never> {
    this.asked.push(method);
    this.beforeAnswer(method);
    return Promise.resolve({ ticket: `t${++this.tickets}`, devices: [] } as never);
  }

  dispose(): void {}

  start(ticket: string): void {
    this.events.fire({
      name: 'run/started',
      payload: {
        ticket,
        id: `id-${ticket}`,
        folder: `/runs/${ticket}`,
        title: 'ResNet-8',
        settings,
        device: { id: 'cpu', title: 'CPU' },
        data: { title: 'Drawn', classes: [], train: 1, validation: 1 },
        networks: [{ name: 'resnet8', title: 'ResNet-8' } as NetworkDescription],
        seeds: [1],
        step: 0,
        totalSteps: 9,
      },
    });
  }

  step(ticket: string, step: number): void {
    this.events.fire({
      name: 'run/step',
      payload: {
        ticket,
        step,
        totalSteps: 9,
        learningRate: 0.1,
        imagesPerSecond: 1,
        secondsLeft: 1,
        networks: [{ loss: 3 - step / 10, accuracy: 0.1, vectors: {} as never }],
      },
    });
  }
}

/** Everything that was fired has been taken. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('session', () => {
  let trainer: FakeTrainer;
  let session: Session;
  let isTrusted: boolean;
  beforeEach(() => {
    trainer = new FakeTrainer();
    isTrusted = true;
    session = new Session({ connect: () => trainer, isTrusted: () => isTrusted, log: () => {} });
  });

  test('keeps what a panel needs that opens later', async () => {
    const run = await session.start(settings, '/runs', 'ResNet-8');
    trainer.start(run.ticket);
    for (let step = 1; step <= 5; step++) trainer.step(run.ticket, step);
    await settled();
    expect(session.current()).toBe(run);
    expect(session.byFolder('/runs/t1')).toBe(run);
    expect([run.step, run.loss]).toEqual([5, 2.5]);
    expect([...run.snapshots()[0].steps]).toEqual([1, 2, 3, 4, 5]);
    trainer.events.fire({ name: 'run/ended', payload: { ticket: run.ticket, status: 'stopped', step: 5 } });
    await settled();
    expect(run.end?.status).toBe('stopped');
    expect(session.active()).toEqual([]);
  });

  test('events that overtake the answer are not lost', async () => {
    trainer.beforeAnswer = () => {
      trainer.start('t1');
      trainer.step('t1', 1);
    };
    const run = await session.start(settings, '/runs', 'ResNet-8');
    await settled();
    expect(run.started?.id).toBe('id-t1');
    expect(run.step).toBe(1);
  });

  test('the first in the queue is the current one', async () => {
    const first = await session.start(settings, '/runs', 'first');
    const second = await session.start(settings, '/runs', 'second');
    trainer.events.fire({
      name: 'run/phase',
      payload: { ticket: second.ticket, phase: 'queued', behind: 'first' },
    });
    trainer.events.fire({ name: 'run/phase', payload: { ticket: first.ticket, phase: 'training' } });
    await settled();
    expect(session.current()).toBe(first);
    expect(second.behind).toBe('first');
  });

  test('a dead trainer ends what it was at, says so once, and the next run starts a new one', async () => {
    const run = await session.start(settings, '/runs', 'ResNet-8');
    trainer.start(run.ticket);
    trainer.step(run.ticket, 3);
    const told: string[] = [];
    session.onDied.event(({ error, runs }) => told.push(`${error.message} ${runs.length}`));
    trainer.deaths.fire(new Error('gone'));
    await settled();
    expect(run.end).toEqual({ status: 'crashed', reason: 'gone', code: 'trainer/died' });
    expect(run.step).toBe(3);
    expect(told).toEqual(['gone 1']);
    await session.start(settings, '/runs', 'next');
    expect(session.active()).toHaveLength(1);
  });

  test('nothing is started where nobody trusts', async () => {
    isTrusted = false;
    await expect(session.start(settings, '/runs', 'x')).rejects.toMatchObject({ code: 'trust/needed' });
    await expect(session.devices()).rejects.toMatchObject({ code: 'trust/needed' });
    expect(trainer.asked).toEqual([]);
  });
});
