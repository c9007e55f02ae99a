/** Run in a process of its own by kill.test.ts: writes a run as fast as it can until somebody kills it. */
import { openRun } from '../../src/runs/runReader';
import { createRun, resumeRun } from '../../src/runs/runWriter';
import { sampleRun, sampleStep } from './sampleRun';

async function main([root, resumed]: string[]): Promise<void> {
  const first = resumed ? ((await (await openRun(resumed)).checkpoint())?.step ?? 0) + 1 : 1;
  const writer = resumed ? resumeRun(resumed, first - 1) : createRun(root, sampleRun);
  process.stdout.write(`${writer.folder}\n`);
  for (let step = first; ; step++) {
    writer.recordStep('resnet20', sampleStep(step));
    writer.recordStep('plain20', sampleStep(step, 'plain20'));
    if (step % 50 === 0) {
      const data = new Float32Array(20_000).fill(step);
      writer.writeCheckpoint(step, new Map([['w', { shape: [20_000], data }]]));
      // What the parent counts on being there, said only after it is written.
      process.stdout.write(`${step}\n`);
    }
  }
}

// Given on the command line itself (node -e), hence no file name among the arguments.
void main(process.argv.slice(1));
