/** Frames survive any chunking, carry typed arrays and non-finite numbers, and step over a library's chatter. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameReader } from '../../src/protocol/frames';

function readAll(bytes: Uint8Array, sizes: readonly number[]) {
  const messages: unknown[] = [];
  const noise: string[] = [];
  const reader = new FrameReader(
    (m) => messages.push(m),
    (n) => noise.push(n),
  );
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length]);
    // A Buffer, as pipes hand out: a window on shared memory at any offset.
    reader.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return { messages, noise: noise.join('') };
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

describe('frames', () => {
  it('carry typed arrays, NaN and infinities', () => {
    const message = {
      a: Float32Array.of(1.5, Number.NaN, -0),
      b: { c: Float64Array.of(1e300) },
      loss: Number.NaN,
      worst: -Infinity,
      d: [1, 'zwei', null],
    };
    expect(readAll(encodeFrame(message), [7]).messages).toEqual([message]);
  });

  it('arrive whole however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: fc.string(), numbers: fc.array(fc.float()) }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 }),
        (records, sizes) => {
          const messages = records.map(({ text, numbers }) => ({
            text,
            numbers: Float32Array.from(numbers),
          }));
          expect(readAll(concat(...messages.map(encodeFrame)), sizes).messages).toEqual(messages);
        },
      ),
    );
  });

  it('step over what a library prints between them', () => {
    const chatter = new TextEncoder().encode('SKLoading kernels ...\n');
    const bytes = concat(chatter, encodeFrame({ x: 1 }), chatter, encodeFrame({ x: 2 }));
    const { messages, noise } = readAll(bytes, [5]);
    expect(messages).toEqual([{ x: 1 }, { x: 2 }]);
    expect(noise).toContain('oading kernels');
  });
});
