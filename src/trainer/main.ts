/** The trainer process: reads requests from stdin, writes answers and events to stdout, ends when stdin closes. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { useBundle } from '../base/localize';
import { Answerer, type Handlers } from '../protocol/channel';
import { encodeFrame, FrameReader } from '../protocol/frames';
import type { TrainerEvents, TrainerRequests } from '../protocol/trainer';
import { bench } from './bench';
import { dataHandlers } from './dataCards';
import { exportNetwork } from './exportNetwork';
import { Jobs } from './jobs';
import { listDevices } from './place';
import { probe } from './probe';
import { tfjsHandlers } from './setUpTfjs';

declare const SKIPLENS_VERSION: string;

// Frames own stdout: whatever a library prints goes to stderr, which the caller keeps as the log.
console.log = console.error;
console.info = console.error;

try {
  // Training runs beside a person's work, on whatever the machine has to spare.
  os.setPriority(10);
} catch {
  // Not allowed everywhere; then training runs at the priority that it has.
}
if (process.env.SKIPLENS_BUNDLE) useBundle(JSON.parse(readFileSync(process.env.SKIPLENS_BUNDLE, 'utf8')));

const send = (message: unknown) => void process.stdout.write(encodeFrame(message));

const jobs = new Jobs((ticket) => (name, payload) => answerer.emit(name, { ...payload, ticket } as never));

const handlers: Handlers<TrainerRequests> = {
  'trainer/greet': () => ({ version: SKIPLENS_VERSION, node: process.version, pid: process.pid }),
  'device/list': async () => ({ devices: await listDevices() }),
  'run/start': ({ settings, root, ticket }) => ({
    ticket: jobs.add({ kind: 'start', settings, root }, ticket),
  }),
  'run/resume': ({ folder, steps, ticket }) => ({
    ticket: jobs.add({ kind: 'resume', folder, steps }, ticket),
  }),
  'run/stop': async ({ ticket }) => {
    await jobs.stop(ticket);
    return {};
  },
  'run/pause': ({ ticket }) => {
    jobs.of(ticket).pause();
    return {};
  },
  'run/continue': ({ ticket }) => {
    jobs.of(ticket).continue();
    return {};
  },
  'network/probe': probe,
  'network/bench': bench,
  'network/export': exportNetwork,
  ...dataHandlers((progress) => answerer.emit('data/progress', progress)),
  ...tfjsHandlers((progress) => answerer.emit('tfjs/progress', progress)),
};

const answerer = new Answerer<TrainerRequests, TrainerEvents>(send, handlers, (bug) => {
  answerer.emit('log/line', { level: 'error', text: bug.stack ?? bug.message });
});

const reader = new FrameReader((message) => void answerer.receive(message));
process.stdin.on('data', (chunk: Buffer) => reader.push(chunk));

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await jobs.stopAll();
  process.exit(0);
}
process.stdin.on('end', () => void end());
process.stdin.on('close', () => void end());
// A terminal sends its interrupt to the whole group; whoever started the trainer decides what it means.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void end());
process.on('SIGHUP', () => void end());
// A reader that went away must not crash a run that is being saved.
process.stdout.on('error', () => void end());
