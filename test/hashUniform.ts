/** The hash that the golden values are made with (test/golden/README.md): the same numbers in every language. */
import { fnv1a } from '../src/base/random';

export function hashUniform(name: string, n: number): Float64Array {
  const base = fnv1a(name);
  return Float64Array.from({ length: n }, (_, i) => {
    let h = (i + base) >>> 0;
    h = Math.imul(h, 0x9e3779b1);
    h ^= h >>> 15;
    h = Math.imul(h, 0x85ebca77);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae3d);
    h ^= h >>> 16;
    return (2 * (h >>> 0)) / 4294967296 - 1;
  });
}
