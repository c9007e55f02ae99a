import { describe } from 'vitest';
import { createOnnxEngine } from '../../src/engines/onnx/onnxEngine';
import { goldenCases } from './cases';
import { goldenConformance } from './conformance';

for (const layout of ['plain', 'blocked'] as const) {
  const engine = createOnnxEngine(layout);
  const [device] = await engine.probe();
  if (!device.available) console.info(`skipped: goldens in the ${layout} layout. ${device.reason}`);
  describe.skipIf(!device.available)(`${layout} layout`, () => {
    for (const golden of goldenCases) goldenConformance(engine, 'cpu', golden);
  });
}
