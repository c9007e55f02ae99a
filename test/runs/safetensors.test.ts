import { readFileSync, readSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReadBytes, readSafetensors, type Tensor, writeSafetensors } from '../../src/runs/safetensors';
import { temporaryFolder } from '../temporaryFolder';

const tensors = new Map<string, Tensor>([
  ['conv1.weight', { shape: [2, 1, 1, 3], data: Float32Array.of(1, -2, 3.5, 0, Number.NaN, 1e-40) }],
  ['labels', { shape: [3], data: BigInt64Array.of(1n, -5n, 2n ** 62n) }],
  ['scalar', { shape: [], data: Float64Array.of(Math.PI) }],
  ['empty', { shape: [0, 4], data: new Float32Array(0) }],
]);

/** A file with this header and so many bytes after it. */
function fileOf(header: unknown, bytes = 0): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const head = new TextEncoder().encode(text);
  const file = new Uint8Array(8 + head.length + bytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  return file;
}

describe('safetensors', () => {
  it('come back as they were, with their metadata', () => {
    const file = path.join(temporaryFolder(), 'w.safetensors');
    writeSafetensors(file, tensors, { position: '42' });
    const read = readSafetensors(file);
    expect(read.metadata).toEqual({ position: '42' });
    for (const [name, tensor] of tensors) expect(read.tensors.get(name)).toEqual(tensor);
    expect(read.tensors.size).toBe(tensors.size);
  });

  it('has the bytes of the format: length, JSON, numbers', () => {
    const file = path.join(temporaryFolder(), 'w.safetensors');
    writeSafetensors(file, new Map([['a', { shape: [1], data: Float32Array.of(1) }]]));
    const bytes = readFileSync(file);
    const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)))).toEqual({
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    });
    expect([...bytes.subarray(8 + headerBytes)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  const f32 = (shape: number[], from: number, to: number) => ({
    dtype: 'F32',
    shape,
    data_offsets: [from, to],
  });
  it.each([
    ['no bytes', new Uint8Array(3), /it has only 3 bytes/],
    [
      'a header longer than the file',
      fileOf({}).map((b, i) => (i === 0 ? 200 : b)),
      /should take 200 bytes, and there are 2/,
    ],
    ['no JSON', fileOf('{"a":'), /its header is no JSON/],
    ['a list', fileOf('[]'), /no JSON object/],
    [
      'a truncated tensor',
      fileOf({ a: f32([4], 0, 16) }, 12),
      /tensor a should end at byte .* it is truncated/,
    ],
    [
      'an unknown type',
      fileOf({ a: { dtype: 'BF16', shape: [1], data_offsets: [0, 2] } }, 2),
      /type BF16; this program reads F32, F64, I64/,
    ],
    [
      'a wrong size',
      fileOf({ a: f32([3], 0, 16) }, 16),
      /shape 3 takes 12 bytes, and the header gives it 16/,
    ],
    ['a negative size', fileOf({ a: f32([-1], 0, 4) }, 4), /no list of sizes/],
    ['no offsets', fileOf({ a: { dtype: 'F32', shape: [1] } }, 4), /does not say where its bytes are/],
    [
      'an overlap',
      fileOf({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12),
      /bytes of the tensor b do not follow/,
    ],
    ['more bytes', fileOf({ a: f32([1], 0, 4) }, 9), /5 bytes follow the last tensor/],
    ['metadata that are no texts', fileOf({ __metadata__: { a: 1 } }), /metadata are not texts/],
  ])('refuses %s', (_, bytes, message) => {
    const file = path.join(temporaryFolder(), 'w.safetensors');
    writeFileSync(file, bytes);
    expect(() => readSafetensors(file)).toThrow(message);
    // What is not wanted is looked at as well: a checkpoint that lacks its end is no checkpoint.
    expect(() => readSafetensors(file, { wants: () => false })).toThrow(message);
  });

  it('are read one by one: of the others only what the header says of them', () => {
    const file = path.join(temporaryFolder(), 'w.safetensors');
    const large = new Map<string, Tensor>();
    for (const name of ['before', 'wanted', 'behind'])
      large.set(name, { shape: [1000], data: new Float32Array(1000).fill(name.length) });
    writeSafetensors(file, large);
    let bytes = 0;
    const read: ReadBytes = (fd, into, position) => {
      // A system may give less than it was asked for.
      const count = readSync(fd, into, 0, Math.min(into.length, 700), position);
      bytes += count;
      return count;
    };
    const { tensors } = readSafetensors(file, { wants: (name) => name === 'wanted', read });
    expect([...tensors]).toEqual([['wanted', large.get('wanted')]]);
    const header = readFileSync(file).length - 3 * 4000;
    expect(bytes).toBe(header + 4000);
  });

  it('names the file that is missing or broken', () => {
    const folder = temporaryFolder();
    expect(() => readSafetensors(path.join(folder, 'none.safetensors'))).toThrow(/There is no file .*none/);
    expect(() => readSafetensors(folder)).toThrow(/cannot be read: EISDIR/);
    const torn = path.join(folder, 'torn.safetensors');
    writeSafetensors(torn, tensors);
    truncateSync(torn, readFileSync(torn).length - 10);
    expect(() => readSafetensors(torn)).toThrow(/torn\.safetensors is no whole safetensors file/);
  });
});
