/** One body for all engines: every operator example against the float64 reference. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { interpret } from '../../src/engines/reference/referenceEngine';
import { difference, exampleCases, exampleGraph } from '../ops/examples';

export function operatorConformance(engine: Engine, device: string): void {
  describe(`${engine.id} on ${device} agrees with the reference`, () => {
    it.each(exampleCases())('$title', async (example) => {
      const { graph, outputs, given } = exampleGraph(example);
      const expected = interpret(graph, given);
      const program = await engine.compile(graph, { device, threads: 1 });
      const feeds = Object.fromEntries(
        graph.inputs.map((v) => {
          const data = given.get(v.name)!;
          return [
            v.name,
            v.type.dtype === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data),
          ];
        }),
      );
      const results = await program.evaluate(feeds);
      await program.dispose();
      outputs.forEach((output, k) => {
        const want = expected.get(output.name)!.data;
        const got = results[`output${k}`];
        expect(got.length).toBe(want.length);
        const worst = want.reduce((worst, v, i) => Math.max(worst, difference(v, got[i])), 0);
        expect(worst, `output ${k}`).toBeLessThan(1e-4);
      });
    });
  });
}
