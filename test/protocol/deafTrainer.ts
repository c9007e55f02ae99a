/**
 * A trainer that trains nothing and holds its thread as native code would. What a run does is said by its data:
 * `compile` and `step` hold the thread for a minute there, `quick` ends at once.
 */
import { Answerer, type Handlers } from '../../src/protocol/channel';
import { encodeFrame, FrameReader } from '../../src/protocol/frames';
import type { TrainerEvents, TrainerRequests } from '../../src/protocol/trainer';

const holdThread = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
const breath = () => new Promise((resolve) => setTimeout(resolve, 20));

let line = Promise.resolve();

async function work(ticket: string, data: string, root: string): Promise<void> {
  answerer.emit('run/phase', { ticket, phase: 'compile' });
  await breath();
  if (data === 'compile') holdThread();
  answerer.emit('run/started', { ticket, folder: root, step: 0 } as never);
  answerer.emit('run/step', { ticket, step: 3 } as never);
  await breath();
  if (data === 'step') holdThread();
  answerer.emit('run/ended', { ticket, status: 'finished', step: 3 });
}

const handlers = {
  'trainer/greet': () => ({ version: 'test', node: process.version, pid: process.pid }),
  'run/start': ({ settings, root, ticket }) => {
    line = line.then(() => work(String(ticket), settings.data, root));
    return { ticket: String(ticket) };
  },
  // Answered when the run is over, as the real one does: here, never.
  'run/stop': () => new Promise<never>(() => {}),
} satisfies Partial<Handlers<TrainerRequests>>;

const answerer = new Answerer<TrainerRequests, TrainerEvents>(
  (message) => void process.stdout.write(encodeFrame(message)),
  handlers as unknown as Handlers<TrainerRequests>,
  (bug) => console.error(bug),
);
const reader = new FrameReader((message) => void answerer.receive(message));
process.stdin.on('data', (chunk: Buffer) => reader.push(chunk));
process.stdin.on('end', () => process.exit(0));
