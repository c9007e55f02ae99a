/** One narrow network on the slow cpu backend; all of them on whatever native library this machine has. */
import { vi } from 'vitest';
import { tfjsEngine } from '../../src/engines/tfjs/tfjsEngine';
import { tfjsOnCpu } from '../engines/tfjsOnCpu';
import { goldenCase, goldenCases } from './cases';
import { goldenConformance } from './conformance';

// A quarter of a minute on an idle core; several where others compete for it.
vi.setConfig({ testTimeout: 600_000 });

goldenConformance(tfjsOnCpu, 'cpu backend', goldenCase('bottleneck29-narrow'));

for (const { id, available, reason } of await tfjsEngine.probe())
  if (available) for (const golden of goldenCases) goldenConformance(tfjsEngine, id, golden);
  else console.info(`skipped: goldens on ${id}. ${reason}`);
