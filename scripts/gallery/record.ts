/** Writes recorded runs as text: `node scripts/gallery/run.mjs record FILE NETWORK WIDTH STEPS BATCH [SHORTCUT [SEEDS]]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toText } from '../../src/protocol/plainText';
import { recordRun } from './recordRun';

const [file, network, width, steps, batchSize, shortcut, seeds] = process.argv.slice(2);

mkdirSync(path.dirname(file), { recursive: true });
const snapshot = await recordRun({
  network,
  width: Number(width),
  steps: Number(steps),
  batchSize: Number(batchSize),
  seeds: Number(seeds ?? 1),
  shortcut: shortcut as 'pad' | 'projection' | undefined,
});
writeFileSync(file, toText(snapshot));
console.log(`${file}: ${snapshot.series[0].steps.length} columns`);
