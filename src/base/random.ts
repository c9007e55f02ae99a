/**
 * Seeded randomness. One generator (PCG-XSH-RR 64/32 would need 64-bit products, so: xoshiro128**, Blackman and
 * Vigna 2018, seeded through splitmix32) and streams split off by name, so that adding a consumer of random
 * numbers never shifts what another one draws.
 */
export interface Random {
  /** Uniform in 0 .. 2^32 - 1. */
  uint32(): number;
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
  /** Uniform integer in 0 .. n-1. */
  below(n: number): number;
  /** Fisher-Yates, in place. */
  shuffle(items: { [i: number]: number; length: number }): void;
  /** The four state words, so that a stream can be saved and put back. */
  state(): [number, number, number, number];
}

/** 32-bit FNV-1a of the UTF-8 bytes of `text`. */
export function fnv1a(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

/** A stream that depends on `seed` and on every name, and on nothing else. */
export function randomStream(seed: number, ...names: (string | number)[]): Random {
  let h = seed >>> 0;
  for (const name of names) h = Math.imul(h ^ fnv1a(String(name)), 0x9e3779b1) ^ (h >>> 15);
  const next = () => {
    h = (h + 0x9e3779b9) | 0;
    let z = h;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return randomFrom([next(), next(), next(), next() | 1]);
}

export function randomFrom(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state;
  const uint32 = () => {
    const m = Math.imul(b, 5);
    const result = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const uniform = () => uint32() / 4294967296;
  const below = (n: number) => Math.floor(uniform() * n);
  return {
    uint32,
    uniform,
    below,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const kept = items[i];
        items[i] = items[j];
        items[j] = kept;
      }
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
  };
}
