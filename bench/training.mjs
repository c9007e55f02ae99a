// Training steps side by side with PyTorch: the same network, batch, threads and norms, in turns within one run, so
// that whatever else the machine does falls on both. JSON lines; ratios are of medians. Without PyTorch (Debian:
// python3-torch) only this engine is timed, and a line says so. Memory is the peak of the whole process.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { bundle } from './bundle.mjs';

const torchScript = path.join(import.meta.dirname, 'torchTraining.py');

class Peer {
  constructor(command, args) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async read() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.child.spawnargs.join(' ')} ended early`);
    return JSON.parse(value);
  }

  run(count) {
    this.child.stdin.write(`run ${count}\n`);
    return this.read();
  }

  async close() {
    this.child.stdin.end();
    await new Promise((resolve) => this.child.once('close', resolve));
  }
}

/** The python that has PyTorch, or null. */
function findTorch() {
  for (const python of [process.env.SKIPLENS_PYTHON, '/usr/bin/python3', 'python3'].filter(Boolean)) {
    const { status, stdout } = spawnSync(python, ['-c', 'import torch; print(torch.__version__)']);
    if (status === 0) return { python, version: stdout.toString().trim() };
  }
  return null;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const milliseconds = (seconds) => Math.round(seconds * 1e4) / 10;
const round = (ratio) => Math.round(ratio * 1000) / 1000;
const print = (line) => console.log(JSON.stringify({ bench: 'training', ...line }));

/** Steps of every peer in turns; each peer lives through all rounds. */
async function compare(own, torch, depth, batch, threads, rounds) {
  const ours = (recording) =>
    new Peer(process.execPath, [own, `resnet${depth}`, batch, threads, recording].map(String));
  const theirs = (recording) =>
    new Peer(torch.python, [torchScript, depth, batch, threads, recording].map(String));
  const peers = { record: ours('record'), bare: ours('bare') };
  if (torch) Object.assign(peers, { torchRecord: theirs('record'), torchBare: theirs('bare') });
  const about = {};
  const seconds = {};
  const bytes = {};
  for (const [name, peer] of Object.entries(peers)) {
    about[name] = await peer.read();
    await peer.run(3);
    seconds[name] = [];
  }
  for (let round = 0; round < rounds; round++)
    for (const [name, peer] of Object.entries(peers)) {
      const answer = await peer.run(3);
      // The first of each turn finds cold caches.
      seconds[name].push(...answer.seconds.slice(1));
      bytes[name] = answer.peakBytes;
    }
  for (const peer of Object.values(peers)) await peer.close();
  const m = Object.fromEntries(Object.entries(seconds).map(([name, s]) => [name, median(s)]));
  print({
    network: `resnet${depth}`,
    batch,
    threads,
    stepMs: milliseconds(m.record),
    bareStepMs: milliseconds(m.bare),
    recording: round(m.record / m.bare - 1),
    peakMB: Math.round(bytes.record / 1e6),
    compileMs: milliseconds(about.record.compileSeconds),
    ...(torch && {
      torchStepMs: milliseconds(m.torchRecord),
      torchBareStepMs: milliseconds(m.torchBare),
      ratio: round(m.record / m.torchRecord),
      bareRatio: round(m.bare / m.torchBare),
      torchPeakMB: Math.round(bytes.torchRecord / 1e6),
      memoryRatio: round(bytes.record / bytes.torchRecord),
    }),
  });
}

/**
 * How long a deep network takes to become a session, and its first three steps. CPU time is that of the graph and
 * the session together: what is left of it on a busy machine.
 */
async function creation(own, network, batch, threads) {
  const peer = new Peer(process.execPath, [own, network, batch, threads, 'record'].map(String));
  const { graphSeconds, compileSeconds, cpuSeconds, nodes, peakBytes } = await peer.read();
  const { seconds, peakBytes: peakOfSteps } = await peer.run(3);
  await peer.close();
  print({
    network,
    batch,
    threads,
    nodes,
    graphMs: milliseconds(graphSeconds),
    compileMs: milliseconds(compileSeconds),
    cpuMs: milliseconds(cpuSeconds),
    compilePeakMB: Math.round(peakBytes / 1e6),
    firstStepsMs: seconds.map(milliseconds),
    peakMB: Math.round(peakOfSteps / 1e6),
  });
}

export async function benchTraining({ threads = 2, rounds = 8, only } = {}) {
  const own = await bundle('ownTraining');
  const torch = findTorch();
  if (!torch)
    print({ skipped: 'PyTorch', reason: 'no python3 with torch on this machine (Debian: python3-torch)' });
  for (const depth of [20, 56])
    for (const batch of [32, 128]) {
      if (only && only !== `resnet${depth}/${batch}`) continue;
      await compare(own, torch, depth, batch, threads, rounds);
    }
  if (only && only !== 'creation') return;
  await creation(own, 'resnet110', 128, threads);
  await creation(own, 'resnet1202', 8, threads);
  await creation(own, 'plain1202', 8, threads);
}
